import { expect, test } from "vitest";
import { readMigrations } from "../../db/migrate/journal.ts";
import { migrationsFolder } from "../../engine/paths.ts";
import { rewrittenMigrations } from "./rewritten.ts";

const stateWith = (applied: unknown) => ({
  resources: [{ urn: "urn", type: "database:index:Migrations", outputs: { applied } }],
});

test("a preview goes on with the migrations it has, and is made again where they do not lead to the checkout's", async () => {
  const all = (await readMigrations(migrationsFolder)).map(({ tag, hash }) => ({ tag, hash }));
  expect(await rewrittenMigrations(undefined)).toBeUndefined();
  expect(await rewrittenMigrations(stateWith(undefined))).toBeUndefined();
  expect(await rewrittenMigrations(stateWith([]))).toBeUndefined();
  expect(await rewrittenMigrations(stateWith(all))).toBeUndefined();
  expect(await rewrittenMigrations(stateWith(all.slice(0, -1)))).toBeUndefined();
  const edited = all.map((row, index) => (index === 3 ? { ...row, hash: "0".repeat(64) } : row));
  expect(await rewrittenMigrations(stateWith(edited))).toBe(
    `this checkout has another version of its ${all[3]?.tag}, or none`,
  );
  expect(await rewrittenMigrations(stateWith([all[0], all.at(-1)]))).toMatch(
    new RegExp(`^${all[1]?.tag}, .* comes before migrations it has$`),
  );
});
