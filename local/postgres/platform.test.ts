import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failure, openTestCloud, type TestCloud, type TestProject } from "../../test/support/local-cloud.ts";

let cloud: TestCloud;
let project: TestProject;

beforeAll(async () => {
  cloud = await openTestCloud();
  project = await cloud.project({ name: "platform" });
});

afterAll(() => cloud.close());

describe("roles", () => {
  test("have the attributes of a hosted project", async () => {
    const rows = await cloud.connect(project)`
      select rolname, concat_ws(' ', case when rolsuper then 'super' end, case when rolcanlogin then 'login' end,
        case when rolinherit then 'inherit' end, case when rolcreatedb then 'createdb' end,
        case when rolcreaterole then 'createrole' end, case when rolreplication then 'replication' end,
        case when rolbypassrls then 'bypassrls' end) as attributes
      from pg_roles where rolname !~ '^pg_'`;
    expect(Object.fromEntries(rows.map((row) => [row.rolname, row.attributes]))).toEqual({
      supabase_admin: "super login inherit createdb createrole replication bypassrls",
      postgres: "login inherit createdb createrole replication bypassrls",
      anon: "inherit",
      authenticated: "inherit",
      service_role: "inherit bypassrls",
      authenticator: "login",
      dashboard_user: "inherit createdb createrole replication",
      pgbouncer: "login inherit",
      supabase_auth_admin: "login createrole",
      supabase_storage_admin: "login createrole",
      supabase_realtime_admin: "",
      supabase_privileged_role: "inherit",
      supabase_replication_admin: "login inherit replication",
      supabase_etl_admin: "login inherit replication bypassrls",
      supabase_read_only_user: "login inherit bypassrls",
      supabase_local_query: "login",
    });
  });

  test("postgres can do what it can on the platform", async () => {
    const sql = cloud.connect(project);
    const allowed = [
      "create role app_reader login password 'x' connection limit 3",
      "alter role app_reader set statement_timeout to '5s'",
      "grant pg_read_all_data to app_reader",
      "create role app_admin bypassrls",
      "create schema app",
      "create extension if not exists postgres_fdw with schema extensions",
      "create server elsewhere foreign data wrapper postgres_fdw options (host '127.0.0.1')",
      "create user mapping for authenticated server elsewhere options (user 'u', password 'p')",
      "create extension citext with schema extensions",
      "select rolpassword from pg_authid",
      "select umoptions from pg_user_mapping",
      "create table app.profile (id uuid primary key references auth.users (id) on delete cascade)",
      "create function app.on_user() returns trigger language plpgsql security definer as $$ begin return new; end $$",
      "create trigger on_user after insert on auth.users for each row execute function app.on_user()",
      "alter default privileges in schema app grant select on tables to app_reader",
      "create publication app_changes for table app.profile",
    ];
    for (const statement of allowed) {
      await sql.unsafe(statement).catch((error: Error) => expect.unreachable(`${statement}: ${error.message}`));
    }
    for (const role of ["anon", "authenticated", "service_role", "authenticator"]) {
      await sql.begin((tx) => tx.unsafe(`set local role ${role}`));
    }
  });

  test("postgres is refused what it is refused on the platform", async () => {
    const sql = cloud.connect(project);
    const refused = [
      ["create role s superuser", "42501"],
      ["alter database postgres set app.setting = 'x'", "42501"],
      ["set role supabase_admin", "42501"],
      ["alter role supabase_admin password 'x'", "42501"],
      ["alter role supabase_auth_admin password 'x'", "42501"],
      ["alter default privileges for role supabase_admin grant select on tables to anon", "42501"],
      ["copy (select 1) to '/dev/null'", "42501"],
      ["select vault._root_key()", "42501"],
      ["insert into vault.secrets (secret) values ('x')", "42501"],
    ] as const;
    for (const [statement, code] of refused) {
      expect((await failure(sql.unsafe(statement))).code, statement).toBe(code);
    }
  });

  test("the password travels as SCRAM only, and logins without a password are closed", async () => {
    const sql = cloud.connect(project);
    expect(await sql`show password_encryption`).toEqual([{ password_encryption: "scram-sha-256" }]);
    for (const user of ["supabase_admin", "authenticator", "supabase_auth_admin", "pgbouncer"]) {
      const wrong = cloud.connect(project, { user });
      expect((await failure(wrong`select 1`)).code, user).toBe("28P01");
    }
  });

  test("settings are those of a hosted project", async () => {
    const sql = cloud.connect(project);
    const rows = await sql`select name, setting from pg_settings where name in ('log_statement', 'wal_level',
      'pg_stat_statements.track_utility', 'statement_timeout', 'ssl', 'max_connections', 'search_path')`;
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      log_statement: "ddl",
      wal_level: "logical",
      "pg_stat_statements.track_utility": "on",
      statement_timeout: "120000",
      ssl: "on",
      max_connections: "60",
      search_path: '"\\$user", public, extensions',
    });
  });
});

describe("privileges", () => {
  test("what postgres creates in public is not granted to the API roles", async () => {
    const sql = cloud.connect(project);
    await sql`create table public.private_by_default (id int)`;
    const rows = await sql`
      select role, has_schema_privilege(role, 'public', 'usage') as usage,
        has_table_privilege(role, 'public.private_by_default', 'select') as reads
      from unnest(array['anon', 'authenticated', 'service_role']) role`;
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row).toMatchObject({ usage: true, reads: false });
  });

  test("the wrapper belongs to postgres, and no other role may use it", async () => {
    const sql = cloud.connect(project);
    const rows = await sql`select fdwowner::regrole::text as owner, fdwacl from pg_foreign_data_wrapper
      where fdwname = 'postgres_fdw'`;
    expect(rows).toEqual([{ owner: "postgres", fdwacl: null }]);
    await expect(
      sql.begin(async (tx) => {
        await tx`set local role authenticated`;
        await tx`create server s foreign data wrapper postgres_fdw`;
      }),
    ).rejects.toMatchObject({ code: "42501" });
  });

  test("auth helpers read the claims of the request", async () => {
    const sql = cloud.connect(project);
    const id = "00000000-0000-4000-8000-000000000001";
    const claims = JSON.stringify({ sub: id, role: "authenticated", email: "a@example.org" });
    const rows = await sql.begin(async (tx) => {
      await tx`select set_config('request.jwt.claims', ${claims}, true)`;
      await tx`set local role authenticated`;
      return tx`select auth.uid() as id, auth.role() as role, auth.email() as email, auth.jwt() ->> 'sub' as sub`;
    });
    expect(rows).toEqual([{ id, role: "authenticated", email: "a@example.org", sub: id }]);
    expect(await sql`select auth.uid() as id`).toEqual([{ id: null }]);
  });
});

describe("vault", () => {
  test("keeps secrets encrypted, unique by name, and gives them back to postgres and service_role only", async () => {
    const sql = cloud.connect(project);
    const [made] = await sql`select vault.create_secret(${"first ünicode"}, ${"token"}, ${"about"}) as id`;
    const [stored] = await sql`select secret, description from vault.secrets where name = 'token'`;
    expect(stored?.secret).not.toContain("first");
    expect(stored?.description).toBe("about");
    expect((await failure(sql`select vault.create_secret('again', 'token')`)).code).toBe("23505");
    await sql`select vault.update_secret(${made?.id}, ${"second"})`;
    const read = "select name, description, decrypted_secret from vault.decrypted_secrets where name = 'token'";
    const expected = [{ name: "token", description: "about", decrypted_secret: "second" }];
    expect(await sql.unsafe(read)).toEqual(expected);
    for (const role of ["anon", "authenticated"]) {
      const attempt = sql.begin(async (tx) => {
        await tx.unsafe(`set local role ${role}`);
        return tx.unsafe(read);
      });
      expect((await failure(attempt)).code, role).toBe("42501");
    }
    const rows = await sql.begin(async (tx) => {
      await tx`set local role service_role`;
      return tx.unsafe(read);
    });
    expect(rows).toEqual(expected);
  });

  test("a secret copied to another project does not decrypt there", async () => {
    const other = await cloud.project({ name: "other-vault" });
    const [from, to] = [cloud.connect(project), cloud.connect(other)];
    await from`select vault.create_secret('only here', 'moved')`;
    const [row] = await from`select secret, nonce from vault.secrets where name = 'moved'`;
    const opened = to`select vault._crypto_aead_det_decrypt(decode(${row?.secret}, 'base64'), ''::bytea, 0,
      'pgsodium'::bytea, ${row?.nonce})`;
    expect((await failure(opened)).message).toMatch(/Wrong key or corrupt data/);
  });
});
