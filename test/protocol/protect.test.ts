import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import program from "../../index.ts";
import { makePlace, withSql } from "../support/environment.ts";
import { root } from "../support/run.ts";

const MINUTES = 60_000;
const place = makePlace("protect");
afterAll(() => place.remove());

test("a protected stack: destroy without a preview takes nothing away; a changed protect shows as a change", {
  timeout: 5 * MINUTES,
}, async () => {
  const { stack } = await place.open("prod", program);
  await stack.up();
  const handOff = resolve(root, String((await stack.outputs()).handOff?.value));
  expect(existsSync(handOff)).toBe(true);
  // What a person types; our own destroy refuses before the engine is asked.
  await expect(stack.command(["destroy", "--yes", "--skip-preview"])).rejects.toThrow(/protect/);
  expect(existsSync(handOff)).toBe(true);
  const roles = await withSql(stack, (sql) => sql`select 1 from pg_roles where rolname = 'fdw_catalog_ro'`);
  expect(roles).toHaveLength(1);
  const left = (await stack.resources()).map(({ type }) => type.split(":").at(-1));
  for (const kind of ["Project", "ReaderRole", "HandOff", "Password"]) expect(left).toContain(kind);
  await stack.command(["config", "set", "tailfire:protect", "false"]);
  const preview = await stack.preview();
  expect(preview.changes).toMatchObject({ update: 1 });
  expect(preview.steps.find(({ op }) => op === "update")).toMatchObject({ differences: ["protected"] });
});
