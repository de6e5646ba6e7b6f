import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sql, TransactionSql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { errorOf } from "../database/migrated.ts";
import { root } from "../support/run.ts";
import type { TestDatabase } from "../support/test-cloud.ts";
import { type Pair, startPair } from "./pair.ts";
import { type Attempt, attempts, privileges, privilegeTable, type Who } from "./privileges.ts";

let pair: Pair;

beforeAll(async () => {
  pair = await startPair();
  await pair.prod
    .sql`insert into catalog.cruise_regions (provider_identifier, name, slug) values ('1', 'Here', 'here')`;
});
afterAll(() => pair?.remove());

const undo = new Error("undone on purpose");

/** Runs statements in a transaction that is rolled back; the result of the last, or undefined where one is refused. */
async function tried(sql: Sql, statements: string[], login: boolean): Promise<readonly object[] | undefined> {
  let rows: readonly object[] | undefined;
  const work = async (transaction: TransactionSql): Promise<never> => {
    // The reader's own default is no obstacle: it can change it.
    if (login) await transaction.unsafe("set transaction read write");
    for (const statement of statements) rows = await transaction.unsafe(statement);
    throw undo;
  };
  return sql.begin(work).then(
    () => rows,
    (error: unknown) => (error === undo ? rows : undefined),
  );
}

async function may(sql: Sql, role: string | undefined, attempt: Attempt): Promise<string> {
  const as = role ? [`set local role ${role}`] : [];
  const run = (statement: string) => tried(sql, [...as, statement], role === undefined);
  switch (attempt) {
    case "see password": {
      const options = ["pg_user_mappings", "pg_user_mapping"].map(
        (source) => `select o from ${source} m, unnest(m.umoptions) o where o like 'password=%'`,
      );
      for (const option of options) if ((await run(option))?.length) return "yes";
      return (await run("select 1 from vault.decrypted_secrets where decrypted_secret <> ''"))?.length ? "Vault" : "no";
    }
    case "change mapping":
      return (await run("alter user mapping for authenticated server prod_catalog options (set user 'mine')"))
        ? "yes"
        : "no";
    case "run function":
      return (await run("select environment.catalog_mode()")) ? "yes" : "no";
    case "use server":
      return (await run("create user mapping if not exists for current_user server prod_catalog")) ? "yes" : "no";
    case "read":
      return (await run("select * from catalog.cruise_regions"))?.length ? "yes" : "no";
    case "write": {
      const writes = [
        "update catalog.cruise_regions set name = ''",
        "delete from catalog.cruise_regions",
        "truncate catalog.cruise_regions",
      ];
      const done = await Promise.all(writes.map(run));
      return done.some((rows) => rows !== undefined) ? "yes" : "no";
    }
    case "create server":
      return (await run("create server mine foreign data wrapper postgres_fdw")) ? "yes" : "no";
  }
}

test("everybody may do exactly what the table says", async () => {
  const platform = await pair.preview.connectAsPlatform();
  const reader = pair.prod.connect({ user: pair.reader.state.user, password: pair.reader.state.password });
  const found: Record<string, Record<string, string>> = {};
  for (const who of Object.keys(privileges) as Who[]) {
    found[who] = {};
    for (const attempt of attempts) {
      const answer = who === "reader" ? may(reader, undefined, attempt) : may(platform, who, attempt);
      Object.assign(found[who] ?? {}, { [attempt]: await answer });
    }
  }
  expect(found).toEqual(privileges);
});

test("the reader's login reads nothing but the catalog, whatever it sets", async () => {
  const reader = pair.prod.connect({ user: pair.reader.state.user, password: pair.reader.state.password });
  const rows = await reader<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('catalog', 'pg_catalog', 'information_schema')
      and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select, insert, update, delete, truncate')`;
  expect(rows).toEqual([]);
});

/** What each statement ends in, every one on a connection of its own. */
async function refusals(database: TestDatabase, statements: readonly string[]): Promise<Record<string, string>> {
  const answers = statements.map(async (statement) => {
    const sql = database.connect();
    const { code } = await errorOf(sql.unsafe(statement)).finally(() => sql.end());
    return [statement, code];
  });
  return Object.fromEntries(await Promise.all(answers));
}

const writesTo = (table: string) => [
  `insert into ${table} (provider_identifier, name, slug) values ('2', 'There', 'there')`,
  `update ${table} set name = 'Mine'`,
  `delete from ${table}`,
  `truncate ${table}`,
  `select * from ${table} for update`,
];
const REFUSED = /^(42501|25006)$/;

test("Production refuses every write, whatever the owner of a preview sets on the server or makes himself", async () => {
  const { host, port } = pair.prod;
  const readWrite = "-c default_transaction_read_only=off";
  await pair.preview.sql.unsafe(`
    alter server prod_catalog options (set updatable 'true', set truncatable 'true');
    create server mine foreign data wrapper postgres_fdw
      options (host '${host}', port '${port}', dbname 'postgres', sslmode 'require', options '${readWrite}');
    do $$ begin
      execute format('create user mapping for postgres server mine options (user %L, password %L)', '${pair.reader.state.user}',
        (select decrypted_secret from vault.decrypted_secrets where name = 'fdw_password'));
    end $$;
    create schema mine;
    create foreign table mine.regions (id uuid, provider_identifier text, name text, slug text)
      server mine options (schema_name 'catalog', table_name 'cruise_regions');
    create foreign table mine.users (id uuid, email text) server mine options (schema_name 'auth', table_name 'users');
    create foreign table mine.secrets (name text) server mine options (schema_name 'vault', table_name 'decrypted_secrets');`);
  const ours = await refusals(pair.preview, writesTo("catalog.cruise_regions"));
  await pair.preview.sql.unsafe(`alter server prod_catalog options (add options '${readWrite}')`);
  const readWriteOurs = await refusals(pair.preview, writesTo("catalog.cruise_regions"));
  const own = await refusals(pair.preview, [
    ...writesTo("mine.regions"),
    "select * from mine.users",
    "select * from mine.secrets",
  ]);
  for (const [statement, code] of Object.entries({ ...ours, ...own })) expect(code, statement).toMatch(REFUSED);
  expect(Object.values(ours)).toContain("25006");
  expect([...new Set(Object.values(readWriteOurs))]).toEqual(["42501"]);
  expect(await pair.preview.sql`select name from mine.regions`).toEqual([{ name: "Here" }]);
  await pair.preview.sql`drop server mine cascade`;
  await pair.catalog.refresh();
  expect(pair.catalog.diff(pair.catalogProgram()).join()).toMatch(
    /options\.options.*options\.truncatable.*options\.updatable/,
  );
  await pair.catalog.up(pair.catalogProgram());
  expect(await pair.prod.sql`select name from catalog.cruise_regions`).toEqual([{ name: "Here" }]);
});

test("nor does the reader's login get any further than its grants, read only or not", async () => {
  const { user, password } = pair.reader.state;
  const login = { ...pair.prod, connect: () => pair.prod.connect({ user, password }) };
  const statements = [
    ...writesTo("catalog.cruise_regions"),
    "create table catalog.mine (id int)",
    "create schema mine",
    "create role mine",
    `alter role ${user} connection limit -1`,
    "set role postgres",
    "lock table catalog.cruise_regions in row share mode",
    "create extension hstore",
    "copy catalog.cruise_regions to program 'true'",
  ].map((statement) => `begin read write; ${statement}`);
  for (const [statement, code] of Object.entries(await refusals(login, statements)))
    expect(code, statement).toBe("42501");
});

test("the documentation shows the table as it is tested", async () => {
  expect(await readFile(join(root, "docs/explanation/catalog.md"), "utf8")).toContain(privilegeTable());
});
