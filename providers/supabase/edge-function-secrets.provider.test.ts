import { afterAll, beforeAll, expect, test } from "vitest";
import { Life } from "../../test/supabase/life.ts";
import { skipUnlessServed } from "../../test/supabase/settings-life.ts";
import { Trial } from "../../test/supabase/trial.ts";
import { edgeFunctionSecretsKind } from "./edge-function-secrets.provider.ts";

let trial: Trial;
let projectRef: string;
beforeAll(async () => {
  trial = await Trial.open();
  projectRef = await trial.createOutside("secrets");
});
afterAll(() => trial.close());

const names = async () =>
  (await trial.client.listAllSecrets(projectRef)).data
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("SUPABASE_"))
    .sort();

test("created, unchanged, updated, changed and deleted outside, imported, deleted twice; others are left alone", async (context) => {
  await skipUnlessServed(context, { trial, ref: projectRef, path: "/secrets", method: "POST" });
  await trial.client.bulkCreateSecrets(projectRef, [{ name: "SOMEBODY_ELSES", value: "1" }]);
  const program = (...secrets: [string, string][]) => ({
    projectRef,
    secrets: secrets.map(([name, value]) => ({ name, value })),
  });
  const life = new Life({ kind: edgeFunctionSecretsKind, trial });
  await life.up(program(["ONE", "1"], ["TWO", "2"]));
  expect(await names()).toEqual(["ONE", "SOMEBODY_ELSES", "TWO"]);
  await life.refresh();
  expect(life.diff(program(["TWO", "2"], ["ONE", "1"]))).toEqual([]);
  const changed = program(["ONE", "1"], ["TWO", "two"], ["THREE", "3"]);
  expect(await life.up(changed)).toEqual(['secrets["TWO"]', 'secrets["THREE"]']);
  expect(await life.up(program(["ONE", "1"], ["TWO", "two"]))).toEqual(['secrets["THREE"]']);
  expect(await names()).toEqual(["ONE", "SOMEBODY_ELSES", "TWO"]);

  await trial.client.bulkCreateSecrets(projectRef, [{ name: "ONE", value: "changed outside" }]);
  await trial.client.bulkDeleteSecrets(projectRef, ["TWO"]);
  await life.refresh();
  const wanted = program(["ONE", "1"], ["TWO", "two"]);
  expect(await life.up(wanted)).toEqual(['secrets["ONE"]', 'secrets["TWO"]']);
  await life.refresh();
  expect(life.diff(wanted)).toEqual([]);

  const imported = new Life({ kind: edgeFunctionSecretsKind, trial });
  await imported.import(projectRef);
  expect(imported.diff(program(["ONE", "1"], ["TWO", "two"], ["SOMEBODY_ELSES", "1"]))).toEqual([]);
  await life.delete();
  expect(await names()).toEqual(["SOMEBODY_ELSES"]);
  await life.delete();
});

test("names of the platform and names that occur twice are refused", () => {
  const secrets = ["SUPABASE_URL", "ONE", "ONE"].map((name) => ({ name, value: "1" }));
  const { failures } = edgeFunctionSecretsKind.check({ projectRef, secrets }, new Set());
  expect(failures.map(({ reason }) => reason).join()).toMatch(/platform's own.*more than once/);
});
