import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import type { AnyKind, Properties } from "../../providers/host/kind.ts";
import type { ManagementAccess } from "../../providers/management/access.ts";
import { Life } from "./life.ts";
import { Trial } from "./trial.ts";

/** One step of a life: the program, what differs from the step before, and what another client then sees. */
export interface Step {
  program: Properties;
  differs: string[];
  seen: unknown;
}

/** Registers the life of a resource that holds settings, on a project of a local cloud. */
export function settingsLife(options: {
  kind: AnyKind<ManagementAccess>;
  /** Path below the project that the resource writes to. */
  path: string;
  method?: "PATCH" | "PUT" | "POST";
  first: Properties;
  steps: Step[];
  /** Reads what is in force, with the other client. */
  see: (trial: Trial, ref: string) => Promise<unknown>;
  /** Changes something by the other client; answers the paths in which the last step then differs. */
  meddle: (trial: Trial, ref: string) => Promise<string[]>;
}): void {
  let trial: Trial;
  let ref: string;
  beforeAll(async () => {
    trial = await Trial.open();
    ref = await trial.createOutside("settings");
  });
  afterAll(() => trial.close());

  test("created, unchanged, each property updated, changed outside, imported, left behind", async (context) => {
    await skipUnlessServed(context, { trial, ref, ...options });
    const life = new Life({ kind: options.kind, trial });
    await life.up({ projectRef: ref, ...options.first });
    let last: Properties = { projectRef: ref, ...options.first };
    for (const { program, differs, seen } of options.steps) {
      last = { projectRef: ref, ...program };
      expect(await life.up(last)).toEqual(differs);
      expect(await life.refresh()).toBe(true);
      expect(life.diff(last)).toEqual([]);
      expect(await options.see(trial, ref)).toMatchObject(seen as object);
    }
    const differs = await options.meddle(trial, ref);
    await life.refresh();
    expect(await life.up(last)).toEqual(differs);
    expect(await options.see(trial, ref)).toMatchObject(options.steps.at(-1)?.seen as object);
    const imported = new Life({ kind: options.kind, trial });
    await imported.import(ref);
    expect(imported.diff(last)).toEqual([]);
    expect(imported.diff({ ...last, projectRef: "abcdefghijklmnopqrst" })).toContain("projectRef (replace)");
    await life.delete();
    await life.delete();
    expect(await options.see(trial, ref)).toMatchObject(options.steps.at(-1)?.seen as object);
    await trial.client.deleteAProject(ref);
    await trial.gone(ref);
    expect(await life.refresh()).toBe(false);
  });
}

/** Skips a test, and says why, where the local cloud does not serve what it needs. */
export async function skipUnlessServed(
  context: TestContext,
  options: { trial: Trial; ref: string; path: string; method?: string },
): Promise<void> {
  const { trial, ref, path, method = "PATCH" } = options;
  const { status } = await fetch(`${trial.cloud.endpoint}/v1/projects/${ref}${path}`, {
    method,
    headers: { authorization: `Bearer ${trial.organization(0).token}`, "content-type": "application/json" },
    ...(method === "GET" ? {} : { body: "not a body" }),
  });
  if (status === 501) context.skip(`the local cloud does not serve ${method} ${path}`);
}
