import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { test } from "../support/cloud.ts";
import type { TestDatabase } from "../support/test-cloud.ts";
import { errorOf } from "./migrated.ts";
import { SchemaCopy } from "./schema-copy.ts";

const MINUTES = 60_000;
const decisions = "db/schema/decisions.ts";
const table = "db/schema/lodge.schema.ts";
let database: TestDatabase;
let copy: SchemaCopy;

test.beforeAll(async ({ cloud }) => {
  copy = await SchemaCopy.make();
  database = await cloud.createDatabase("new-table");
}, MINUTES);

afterAll(async () => {
  await copy?.remove();
});

/** db:check names what is missing, and db:generate writes it. */
async function generate(name: string, missing: string): Promise<string> {
  expect(copy.run("db-check")).toMatchObject({ status: 1, output: expect.stringContaining(missing) });
  const generated = copy.run("db-generate", ["--name", name]);
  expect(generated.status, generated.output).toBe(0);
  const files = await readdir(join(copy.folder, "migrations"));
  return copy.read(`migrations/${files.find((file) => file.endsWith(`_${name}.sql`))}`);
}

test(
  "a table without a decision, or without the policies decided, is refused by name",
  async () => {
    await copy.replace(
      "db/schema/index.ts",
      'export * from "./enums.ts";',
      'export * from "./enums.ts";\nexport * from "./lodge.schema.ts";',
    );
    await copy.replace(
      "db/schema/enums.ts",
      "export const",
      'export const lodgeKind = pgEnum("lodge_kind", ["hut", "tent"]);\nexport const',
    );
    await copy.write(
      table,
      `import { index, pgTable, text } from "drizzle-orm/pg-core";
import { agencies } from "./agency.schema.ts";
import { id, timestamps } from "./columns.ts";
import { lodgeKind } from "./enums.ts";
import { agencyId, policies, refersTo } from "./tenancy.ts";

export const lodges = pgTable(
  "lodges",
  { id: id(), agencyId: agencyId(), name: text("name").notNull(), kind: lodgeKind("kind").notNull(), ...timestamps() },
  (t) => [
    refersTo({ name: "lodges_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    index("lodges_agency_idx").on(t.agencyId),
  ],
);
export const unusedPolicies = () => policies("lodges");
`,
    );
    const before = await readdir(join(copy.folder, "migrations"));
    for (const command of ["db-check", "db-generate"])
      expect(copy.run(command)).toMatchObject({
        status: 1,
        output: expect.stringContaining("public.lodges: no entry in db/schema/decisions.ts"),
      });
    await copy.replace(decisions, "  trips: member(", '  lodges: member("trips", "Huts and tents"),\n  trips: member(');
    for (const command of ["db-check", "db-generate"])
      expect(copy.run(command)).toMatchObject({
        status: 1,
        output: expect.stringContaining('add ...policies("lodges") to the table'),
      });
    expect(await readdir(join(copy.folder, "migrations"))).toEqual(before);
    await copy.replace(table, "on(t.agencyId),", 'on(t.agencyId),\n    ...policies("lodges"),');
  },
  2 * MINUTES,
);

test(
  "a table, a column, an enum, a policy and a grant are generated whole",
  async () => {
    const made = await generate("lodges", "grants and trigger of public.lodges (a new table)");
    for (const part of [
      /CREATE TYPE "public"."lodge_kind"/,
      /CREATE POLICY "lodges_select"/,
      /ENABLE ROW LEVEL SECURITY/,
      /grant select, insert, update, delete on public.lodges to authenticated;/,
      /create trigger touch before update on public.lodges/,
    ])
      expect(made).toMatch(part);
    await copy.replace(table, 'name: text("name").notNull(),', 'name: text("name").notNull(), valley: text("valley"),');
    expect(await generate("valley", 'ADD COLUMN "valley"')).not.toContain("grant");
    const decided = (access: string) => `lodges: { area: "trips", purpose: "Huts and tents", ${access} },`;
    const first = decided(
      'authenticated: { select: "agency", update: "admin", updateColumns: ["name"] }, serviceRole: "write"',
    );
    await copy.replace(decisions, 'lodges: member("trips", "Huts and tents"),', first);
    const fewer = await generate("fewer", "public.lodges (changed in db/schema/decisions.ts)");
    expect(fewer).toMatch(
      /DROP POLICY "lodges_insert"[\s\S]*grant select, update \(name\) on public.lodges to authenticated;/,
    );
    await copy.replace(decisions, first, first.replace('serviceRole: "write"', 'serviceRole: "read"'));
    const granted = await generate("service", "service_role select");
    expect(granted).not.toMatch(/policy|trigger/i);
    expect(copy.run("db-generate", ["--name", "hut_count", "--custom"]).status).toBe(0);
    const [file] = (await readdir(join(copy.folder, "migrations"))).filter((name) => name.endsWith("hut_count.sql"));
    await copy.write(
      `migrations/${file}`,
      "create function public.hut_count() returns bigint language sql as 'select count(*) from public.lodges';",
    );
    expect(copy.run("db-check").status).toBe(0);
  },
  3 * MINUTES,
);

test(
  "applied, each role may do what was decided, and no role may run a new function until it is granted",
  async () => {
    const migrated = copy.run("db-migrate", [], { MIGRATE_URL: database.url });
    expect(migrated.status, migrated.output).toBe(0);
    const { sql } = database;
    const may = async (role: string) => {
      const [row] = await sql`select ${["select", "insert", "update", "delete"]}::text[] as asked,
      array(select p from unnest(${["select", "insert", "update", "delete"]}::text[]) p
        where has_table_privilege(${role}, 'public.lodges', p) order by p) as held,
      has_column_privilege(${role}, 'public.lodges', 'name', 'update') as name,
      has_column_privilege(${role}, 'public.lodges', 'valley', 'update') as valley,
      has_function_privilege(${role}, 'public.hut_count()', 'execute') as function`;
      return row;
    };
    const nothing = { held: [], name: false, valley: false, function: false };
    expect(await may("anon")).toMatchObject(nothing);
    expect(await may("authenticated")).toMatchObject({ ...nothing, held: ["select"], name: true });
    expect(await may("service_role")).toMatchObject({ ...nothing, held: ["select"] });
    const policies = await sql`select polname from pg_policy where polrelid = 'public.lodges'::regclass order by 1`;
    expect(policies.map(({ polname }) => polname)).toEqual(["lodges_select", "lodges_update"]);
    const [agency] = await sql`insert into agencies (name, slug) values ('One', 'one') returning id`;
    await sql`insert into lodges (agency_id, name, kind, updated_at) values (${agency?.id}, 'Col', 'hut', '2020-01-01')`;
    await sql`update lodges set name = 'Pass'`;
    expect(await sql`select from lodges where updated_at > now() - interval '1 hour'`).toHaveLength(1);
    const strange = sql.begin(async (tx) => {
      await tx`set local role authenticated`;
      return tx`update lodges set kind = 'tent'`;
    });
    expect((await errorOf(strange)).code).toBe("42501");
  },
  MINUTES,
);
