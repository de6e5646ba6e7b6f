import * as pulumi from "@pulumi/pulumi";
import { afterAll, expect, test } from "vitest";
import { application } from "../../db/application.ts";
import { Environment } from "../../environment/environment.ts";
import { environmentOutputs } from "../../environment/outputs.ts";
import { readSettings } from "../../environment/settings.ts";
import program from "../../index.ts";
import { makePlace } from "../support/environment.ts";
import { root } from "../support/run.ts";

const place = makePlace("names");
afterAll(() => place.remove());

/** The program as it was when it called resources after the stack and named the project itself. */
async function formerProgram(): Promise<Record<string, pulumi.Input<unknown>>> {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const settings = { ...(await readSettings({ project, stack, root })), projectName: `${project}-${stack}` };
  const catalogTables = await application.catalogTables();
  return environmentOutputs(new Environment(stack, { ...settings, ...application, catalogTables, stack }), settings);
}

test("resources that were called after the stack stay what they are", { timeout: 300_000 }, async () => {
  await (await place.open("prod", formerProgram)).stack.up();
  const former = (await place.open("preview", formerProgram)).stack;
  await former.up();
  const before = (await former.exportState()).deployment.resources ?? [];
  expect(before.map(({ urn }) => urn).filter((urn) => urn.includes("::main"))).toEqual([]);

  const { stack } = await place.open("preview", program);
  const { steps } = await stack.up();
  expect(steps.filter(({ op }) => !["same", "update", "refresh"].includes(op))).toEqual([]);
  const after = (await stack.exportState()).deployment.resources ?? [];
  expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
  expect(after.map(({ urn }) => urn).filter((urn) => urn.endsWith("preview") || urn.includes("::preview"))).toEqual([
    "urn:pulumi:preview::tailfire::pulumi:pulumi:Stack::tailfire-preview",
  ]);
  expect((await stack.up({ expectNoChanges: true })).changed).toBe(false);
});
