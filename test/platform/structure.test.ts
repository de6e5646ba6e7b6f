import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLocalCloud } from "../../local/cloud.ts";
import { changeVariant, USUAL_VARIANT } from "../../local/postgres/variant.ts";
import { openTestCloud, type TestCloud, type TestProject } from "../support/local-cloud.ts";
import { page, uncovered } from "./page.ts";
import { compareStructure, readStructure } from "./structure.ts";

interface Listed {
  readonly path: string;
  readonly here: string;
  readonly reason: string;
  readonly hides: boolean;
}

const listed: readonly Listed[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "structure.differences.json"), "utf8"),
);

let cloud: TestCloud;
let project: TestProject;

beforeAll(async () => {
  cloud = await openTestCloud();
  project = await cloud.project({ name: "structure" });
});
afterAll(() => cloud.close());

async function differencesOf(of: TestProject) {
  return compareStructure(await readStructure(cloud.connect(of)));
}

const plain = (items: readonly { path: string; here: string }[]) => items.map(({ path, here }) => `${path}: ${here}`);

test("a fresh project is that of the facts, apart from what is on the list", async () => {
  const found = await differencesOf(project);
  expect(plain(found)).toEqual(plain(listed));
});

test("a difference that is not on the list is found", async () => {
  const sql = cloud.connect(project);
  await sql`alter role anon set statement_timeout to '4s'`;
  await sql`grant create on schema extensions to anon`;
  await sql`create role somebody`;
  const found = plain(compareStructure(await readStructure(sql))).filter((entry) => !plain(listed).includes(entry));
  expect(found.map((entry) => entry.split(": ")[0])).toEqual([
    "roles/anon/config",
    "roles/postgres/memberOf/somebody",
    "roles/somebody",
    "schemas/extensions/acl",
  ]);
});

test("with old grants the default privileges of public are those of earlier projects, and nothing else", async () => {
  await startLocalCloud({ dataDir: cloud.dataDir, organizations: [], variant: ["grants-old", "wrapper-c"] });
  const old = await cloud.project({ name: "old" });
  const others = (await differencesOf(old)).filter(({ path }) => !listed.some((entry) => entry.path === path));
  const granted = (letters: string) =>
    JSON.stringify(["anon", "authenticated", "postgres", "service_role"].map((role) => `${role}=${letters}/postgres`));
  expect(others.map(({ path, here }) => [path, here])).toEqual([
    ["defaultPrivileges/postgres public functions", granted("X")],
    ["defaultPrivileges/postgres public sequences", granted("rwU")],
    ["defaultPrivileges/postgres public tables", granted("arwdDxtm")],
  ]);
  const sql = cloud.connect(old);
  await sql`create extension postgres_fdw with schema extensions`;
  expect(await sql`select fdwowner::regrole::text as owner, fdwacl::text as acl from pg_foreign_data_wrapper`).toEqual([
    { owner: "supabase_admin", acl: "{supabase_admin=U/supabase_admin,postgres=U*/supabase_admin}" },
  ]);
});

test("a variant that is not known is none", () => {
  expect(changeVariant(USUAL_VARIANT, ["wrapper-b"])).toBeUndefined();
  expect(changeVariant(USUAL_VARIANT, ["grants-old"])).toEqual({ wrapper: "a", grants: "old" });
});

test("what may hide a fault names what covers it, and the page is made of the lists", async () => {
  expect(uncovered()).toEqual([]);
  await expect(page()).toMatchFileSnapshot("../../docs/reference/local-cloud-differences.md");
});
