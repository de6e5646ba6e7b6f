import { afterAll, beforeAll, expect, test } from "vitest";
import { Life } from "../../test/supabase/life.ts";
import { Trial, whoAmI } from "../../test/supabase/trial.ts";
import type { ProjectInputs } from "./declarations/project.ts";
import { projectKind } from "./project.provider.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await Trial.open();
});
afterAll(() => trial.close());

test("sizes down to nano and up again, legacy keys off and on, as another client sees them", async () => {
  const program = (more: Partial<ProjectInputs>) => trial.inputs("sizes", more);
  const life = new Life({ kind: projectKind, trial });
  await life.up(program({ instanceSize: "micro", legacyApiKeysEnabled: true }));
  const sizes = async () =>
    (await trial.client.listProjectAddons(life.id)).data.selected_addons.map((addon) => addon.variant.id);
  expect(await sizes()).toEqual(["ci_micro"]);
  for (const [instanceSize, seen] of [
    ["nano", []],
    ["small", ["ci_small"]],
    ["nano", []],
  ] as const) {
    expect(await life.up(program({ instanceSize }))).toEqual(["instanceSize"]);
    expect(await sizes()).toEqual(seen);
    await life.refresh();
    expect(life.diff(program({ instanceSize }))).toEqual([]);
  }
  const headers = { authorization: `Bearer ${trial.organization(0).token}` };
  const legacy = async () =>
    JSON.parse(
      await (await fetch(`${trial.cloud.endpoint}/v1/projects/${life.id}/api-keys/legacy`, { headers })).text(),
    ).enabled;
  for (const legacyApiKeysEnabled of [false, true]) {
    expect(await life.up(program({ legacyApiKeysEnabled }))).toEqual(["legacyApiKeysEnabled"]);
    expect(await legacy()).toBe(legacyApiKeysEnabled);
    expect(life.diff(program({ legacyApiKeysEnabled }))).toEqual([]);
  }
  const elsewhere = program({ region: "eu-west-1" });
  const before = life.id;
  expect(await life.up(elsewhere)).toEqual(["region (replace)"]);
  expect(await trial.refs("sizes")).toEqual([life.id]);
  expect(life.id).not.toBe(before);
  await life.delete();
});

test("paused and restored; a paused one can be renamed and deleted, and nothing else", async () => {
  const program = (more: Partial<ProjectInputs>) => trial.inputs("asleep", more);
  const life = new Life({ kind: projectKind, trial });
  await life.up(program({}));
  const { directConnection } = life.state;
  const status = async () => (await trial.client.getProject(life.id)).data.status;
  expect(await life.up(program({ paused: true }))).toEqual(["paused"]);
  expect(await status()).toBe("INACTIVE");
  await expect(whoAmI(directConnection)).rejects.toThrow();
  await life.refresh();
  expect(life.diff(program({ paused: true }))).toEqual([]);
  const password = "Another-password-2";
  await expect(life.up(program({ paused: true, databasePassword: password }))).rejects.toThrow(/paused: false/);
  expect(await life.up({ ...program({ paused: true }), name: "fast asleep" })).toEqual(["name"]);
  expect((await trial.client.getProject(life.id)).data.name).toBe("fast asleep");
  expect(await life.up(program({ paused: false, databasePassword: password }))).toEqual([
    "name",
    "databasePassword",
    "paused",
  ]);
  expect(await whoAmI(directConnection, password)).toBe("postgres");
  await trial.client.pauseAProject(life.id);
  await trial.waitFor(life.id, "INACTIVE");
  await life.refresh();
  expect(await life.up(program({ paused: false, databasePassword: password }))).toEqual(["paused"]);
  expect(await whoAmI(directConnection, password)).toBe("postgres");
  await life.up(program({ paused: true, databasePassword: password }));
  await life.delete();
  expect(await life.refresh()).toBe(false);
});
