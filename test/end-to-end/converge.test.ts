import { describe, expect } from "vitest";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { OperationResult } from "../../engine/result.ts";
import { connect, sqlstateOf, withSql } from "../support/environment.ts";
import { test } from "../support/pair.ts";

const MINUTES = 60_000;
let prod: EnvironmentStack;
let preview: EnvironmentStack;

test.beforeAll(async ({ pair }) => {
  prod = (await pair.open("prod")).stack;
  preview = (await pair.open("preview")).stack;
}, 5 * MINUTES);

/** Names of the resources an operation found to differ, or changed. */
const touched = (result: OperationResult): string[] =>
  result.steps
    .filter((step) => !["same", "read"].includes(step.op) && (step.op !== "refresh" || step.differences.length > 0))
    .map((step) => step.type.split(":").at(-1) ?? "");

/** Makes a change behind the environment's back; refresh must show it and `up` repair it. */
async function outside(stack: EnvironmentStack, kind: string, statement: string): Promise<void> {
  await withSql(stack, (sql) => sql.unsafe(statement));
  const seen = await stack.refresh({ previewOnly: true });
  expect(touched(seen)).toContain(kind);
  const repaired = await stack.up();
  expect(touched(repaired)).toContain(kind);
}

describe("up a second time", () => {
  test("changes nothing in Production", { timeout: 2 * MINUTES }, async () => {
    expect((await prod.up({ expectNoChanges: true })).changed).toBe(false);
    expect((await prod.preview({ expectNoChanges: true })).changed).toBe(false);
  });

  test("changes nothing in Preview", { timeout: 2 * MINUTES }, async () => {
    expect((await preview.up({ expectNoChanges: true })).changed).toBe(false);
    expect((await preview.refresh({ previewOnly: true, expectNoChanges: true })).changed).toBe(false);
  });
});

describe("what holds after up", () => {
  test("no foreign server on Production", async () => {
    const servers = await withSql(prod, (sql) => sql`select srvname from pg_foreign_server`);
    expect(servers).toHaveLength(0);
  });

  test("16 foreign tables in Preview, read by authenticated and service_role, by anon not", async () => {
    await withSql(preview, async (sql) => {
      const tables = await sql<{ name: string }[]>`select relname as name from pg_class where relkind = 'f' order by 1`;
      expect(tables).toHaveLength(16);
      for (const role of ["authenticated", "service_role"]) {
        await sql.begin(async (tx) => {
          await tx.unsafe(`set local role ${role}`);
          for (const { name } of tables) await tx`select * from ${tx(`catalog.${name}`)} limit 1`;
        });
      }
      const first = String(tables[0]?.name);
      const asAnon = sql.begin(async (tx) => {
        await tx.unsafe("set local role anon");
        await tx`select * from ${tx(`catalog.${first}`)} limit 1`;
      });
      expect(await sqlstateOf(asAnon)).toBe("42501");
    });
  });

  test("no role of the API sees the reader's password", async () => {
    await withSql(preview, async (sql) => {
      for (const role of ["anon", "authenticated", "service_role"]) {
        const visible = await sql.begin(async (tx) => {
          await tx.unsafe(`set local role ${role}`);
          return tx`select usename from pg_user_mappings where umoptions is not null`;
        });
        expect(visible, role).toHaveLength(0);
        const secret = sql.begin(async (tx) => {
          await tx.unsafe(`set local role ${role}`);
          await tx`select value from environment.settings`;
        });
        expect(await sqlstateOf(secret), role).toBe("42501");
      }
    });
  });
});

describe("the reader", () => {
  test("reads the catalog and nothing else", { timeout: MINUTES }, async () => {
    const state = await preview.outputs();
    expect(JSON.stringify(state)).not.toMatch(/password":"(?!\[secret\])[^"]{8,}/);
    const login = await readerLogin();
    const attempts: Record<string, string> = {
      "select count(*) from catalog.cruise_lines": "ok",
      "select count(*) from public.agencies": "42501",
      "insert into catalog.cruise_lines default values": "42501|25006",
      "delete from catalog.cruise_lines": "42501|25006",
      "truncate catalog.cruise_lines": "42501|25006",
      "create table catalog.mine (id int)": "42501|25006",
      "create schema mine": "42501|25006",
      "set transaction_read_only = off; update catalog.cruise_lines set name = name": "42501",
      "select * from vault.decrypted_secrets": "42501",
      "select * from environment.settings": "42501",
      "set role fdw_catalog_ro_b": "42501|22023",
    };
    await withSql(
      prod,
      async (sql) => {
        for (const [statement, expected] of Object.entries(attempts)) {
          expect(await sqlstateOf(sql.unsafe(statement)), statement).toMatch(new RegExp(`^(${expected})$`));
        }
        const [limits] = await sql`
          select rolconnlimit, rolcanlogin, rolsuper, rolbypassrls, array_to_string(rolconfig, ',') as config
          from pg_roles where rolname = current_user`;
        expect(limits).toMatchObject({ rolcanlogin: true, rolsuper: false, rolbypassrls: false });
        expect(Number(limits?.rolconnlimit)).toBeGreaterThan(0);
        for (const name of ["statement_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"]) {
          expect(String(limits?.config)).toContain(`${name}=`);
        }
      },
      login,
    );
  });
});

async function readerLogin(): Promise<{ user: string; password: string }> {
  const sql = await connect(preview);
  try {
    const [row] = await sql<{ user: string; password: string }[]>`
      select s.value ->> 'user' as user,
        (select decrypted_secret from vault.decrypted_secrets where name = s.value ->> 'vaultSecret') as password
      from environment.settings s where s.name = 'catalog_source'`;
    if (!row) throw new Error("Preview holds no catalog_source");
    return row;
  } finally {
    await sql.end();
  }
}

describe("a change behind the back is shown by refresh and repaired by up", () => {
  test("a mapping dropped", { timeout: 3 * MINUTES }, () =>
    outside(preview, "ForeignCatalog", "drop user mapping for authenticated server prod_catalog"),
  );

  test("a grant revoked in Preview", { timeout: 3 * MINUTES }, () =>
    outside(preview, "ForeignCatalog", "revoke select on catalog.cruise_lines from authenticated"),
  );

  test("the server's host changed", { timeout: 3 * MINUTES }, () =>
    outside(preview, "ForeignCatalog", "alter server prod_catalog options (set host '127.0.0.9')"),
  );

  test("USAGE on the server given away", { timeout: 3 * MINUTES }, () =>
    outside(preview, "ForeignCatalog", "grant usage on foreign server prod_catalog to authenticated"),
  );

  test("the Vault secret changed", { timeout: 3 * MINUTES }, () =>
    outside(
      preview,
      "VaultSecret",
      "select vault.update_secret(id, 'something else') from vault.secrets where name = 'fdw_password'",
    ),
  );

  test("a grant of the reader revoked in Production", { timeout: 3 * MINUTES }, () =>
    outside(prod, "ReaderRole", "revoke select on catalog.cruise_lines from fdw_catalog_ro"),
  );

  test("the reader's password changed in Production", { timeout: 3 * MINUTES }, async () => {
    await outside(prod, "ReaderRole", "alter role fdw_catalog_ro_a password 'changed-by-hand'");
  });

  test("after all of them, up changes nothing", { timeout: 3 * MINUTES }, async () => {
    for (const stack of [prod, preview]) expect((await stack.up({ expectNoChanges: true })).changed).toBe(false);
  });
});
