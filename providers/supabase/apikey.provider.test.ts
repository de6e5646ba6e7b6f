import { afterAll, beforeAll, expect, test } from "vitest";
import { Life } from "../../test/supabase/life.ts";
import { skipUnlessServed } from "../../test/supabase/settings-life.ts";
import { Trial } from "../../test/supabase/trial.ts";
import { apikeyKind } from "./apikey.provider.ts";

let trial: Trial;
let projectRef: string;
beforeAll(async () => {
  trial = await Trial.open();
  projectRef = await trial.createOutside("keys");
});
afterAll(() => trial.close());

const keys = async (type: string) => {
  const { data } = await trial.client.getProjectApiKeys(projectRef, { reveal: true });
  return data
    .filter((key) => key.type === type)
    .map(({ name, description, api_key }) => ({ name, description, api_key }));
};

test("created, unchanged, each property updated, replaced, imported, deleted outside, deleted twice", async (context) => {
  await skipUnlessServed(context, { trial, ref: projectRef, path: "/api-keys", method: "POST" });
  const life = new Life({ kind: apikeyKind, trial });
  await life.up({ projectRef, name: "worker" });
  expect(life.state.apiKey).toMatch(/^sb_secret_/);
  expect(await keys("secret")).toContainEqual({ name: "worker", description: null, api_key: life.state.apiKey });
  expect(await life.up({ projectRef, name: "worker" })).toEqual([]);
  const { apiKey } = life.state;
  expect(await life.up({ projectRef, name: "worker_two", description: "for jobs" })).toEqual(["name", "description"]);
  expect(await keys("secret")).toContainEqual({ name: "worker_two", description: "for jobs", api_key: apiKey });
  expect(await life.up({ projectRef, name: "worker_two" })).toEqual(["description"]);
  expect(await life.up({ projectRef, name: "worker_two", type: "publishable" })).toEqual(["type (replace)"]);
  expect((await keys("publishable")).map(({ name }) => name)).toEqual(["default", "worker_two"]);
  expect(await life.up({ projectRef, name: "worker_two" })).toEqual(["type (replace)"]);
  expect((await keys("publishable")).map(({ name }) => name)).toEqual(["default"]);
  await trial.client.deleteProjectApiKey(projectRef, life.id);
  expect(await life.refresh()).toBe(false);
  await life.up({ projectRef, name: "worker_two" });
  const other = { projectRef: "abcdefghijklmnopqrst", name: "worker_two", type: "publishable" };
  expect(life.diff(other)).toEqual(["projectRef (replace)", "type (replace)"]);

  const adopted = new Life({ kind: apikeyKind, trial });
  await adopted.up({ projectRef, name: "worker_two" });
  expect(adopted.id).toBe(life.id);
  const imported = new Life({ kind: apikeyKind, trial });
  await imported.import(`${projectRef}/${life.id}`);
  expect(imported.state).toEqual(life.state);
  expect(imported.diff({ projectRef, name: "worker_two" })).toEqual([]);

  await trial.client.updateProjectApiKey(projectRef, life.id, { name: "renamed_outside" });
  expect(await life.refresh()).toBe(true);
  expect(await life.up({ projectRef, name: "worker_two" })).toEqual(["name"]);
  await life.delete();
  expect((await keys("secret")).map(({ name }) => name)).toEqual(["default"]);
  await life.delete();
  expect(await life.refresh()).toBe(false);
});

test("names are checked before the API is asked", () => {
  const { failures } = apikeyKind.check({ projectRef, name: "Has Blanks", type: "other" }, new Set());
  expect(failures.map(({ property }) => property)).toEqual(["name", "type"]);
});
