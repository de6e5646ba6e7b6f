import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseEnv } from "node:util";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { migrationsFolder } from "../../engine/paths.ts";
import { type LocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { organizationOf, organizations } from "../../operations/session/organizations.ts";
import { makePlace, withSql } from "../support/environment.ts";
import { runTask } from "../support/run.ts";
import { Readers } from "./readers.ts";

const MINUTES = 60_000;
const place = makePlace("adopted-pair");
const password = "the-password-it-has-had-for-years";
const readerPassword = "Written-in-a-wiki-1";
const readers = new Readers();
type Name = "prod" | "preview";
interface ByHand {
  readonly ref: string;
  readonly host: string;
  readonly port: number;
}
let cloud: LocalCloud;
let pair: Record<Name, ByHand>;

beforeAll(async () => {
  cloud = await startLocalCloud({ dataDir: place.dataDir, organizations: Object.values(organizations) });
  const [prod, preview] = await Promise.all([createByHand("prod"), createByHand("preview")]);
  pair = { prod, preview };
  await setUpProduction();
  await setUpPreview();
}, 3 * MINUTES);

afterAll(async () => {
  await readers.stop();
  await place.remove();
});

async function createByHand(stack: Name): Promise<ByHand> {
  const { token, slug } = organizationOf(cloud, stack);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = { name: `Tailfire-${stack}`, organization_slug: slug, region: "ca-central-1", db_pass: password };
  const url = `${cloud.endpoint}/v1/projects`;
  const { ref } = (await (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json()) as {
    ref: string;
  };
  const look = async () =>
    (await (await fetch(`${url}/${ref}`, { headers })).json()) as { status: string; database: ByHand };
  while ((await look()).status !== "ACTIVE_HEALTHY") await sleep(200);
  const { host, port = 5432 } = (await look()).database;
  return { ref, host, port };
}

const connect = ({ host, port }: ByHand, login: { user?: string; password?: string } = {}): Sql =>
  postgres({
    host,
    port,
    database: "postgres",
    user: "postgres",
    password,
    max: 1,
    ssl: "prefer",
    onnotice: () => {},
    ...login,
  });

/** The tables of the application, made by the migrations of another repository: their ledger, and nothing of ours besides. */
async function grow(sql: Sql): Promise<void> {
  const theirs = join(place.dataDir, `theirs-${process.hrtime.bigint()}`);
  await cp(migrationsFolder, theirs, { recursive: true });
  const path = join(theirs, "meta", "_journal.json");
  const journal: { entries: { tag: string }[] } = JSON.parse(await readFile(path, "utf8"));
  const entries = journal.entries.filter(({ tag }) => tag !== "0014_hosted_platform");
  await writeFile(path, JSON.stringify({ ...journal, entries }));
  await migrate(drizzle(sql), { migrationsFolder: theirs });
  await sql.unsafe(`
    drop schema environment cascade;
    truncate drizzle.__drizzle_migrations;
    insert into drizzle.__drizzle_migrations (hash, created_at) select md5(n::text), 1700000000000 + n from generate_series(1, 110) n`);
}

/** The seed's SQL for Production. */
async function setUpProduction(): Promise<void> {
  const sql = connect(pair.prod);
  await grow(sql);
  const fresh = connect(pair.prod);
  await loadSampleCatalog(fresh, { sailings: 20 });
  await fresh.unsafe(`
    create user fdw_catalog_ro with password '${readerPassword}';
    grant usage on schema catalog to fdw_catalog_ro;
    grant select on all tables in schema catalog to fdw_catalog_ro;
    alter default privileges in schema catalog grant select on tables to fdw_catalog_ro`);
  await Promise.all([sql.end(), fresh.end()]);
}

/** The seed's SQL for Preview, its Vault row included, whose arguments are the wrong way round. */
async function setUpPreview(): Promise<void> {
  const sql = connect(pair.preview);
  await grow(sql);
  const { host, port } = pair.prod;
  const fresh = connect(pair.preview);
  await fresh.unsafe(`drop table ${catalogTableNames.map((name) => `catalog.${name}`).join(", ")} cascade`);
  await fresh.unsafe(`
    create extension if not exists postgres_fdw;
    create server prod_catalog foreign data wrapper postgres_fdw options (host '${host}', port '${port}', dbname 'postgres');
    create user mapping for current_user server prod_catalog options (user 'fdw_catalog_ro', password '${readerPassword}');
    import foreign schema catalog limit to (${catalogTableNames.join(", ")}) from server prod_catalog into catalog;
    grant usage on schema catalog to service_role, authenticated;
    grant select on all tables in schema catalog to service_role, authenticated;
    select vault.create_secret('fdw_password', '${readerPassword}')`);
  await Promise.all([sql.end(), fresh.end()]);
}

const open = async (stack: Name) => (await place.open(stack)).stack;
const command = (task: string, ...args: string[]) => runTask(task, args, { dataDir: place.dataDir });

async function baseline(stack: Name): Promise<string> {
  const { host, port } = pair[stack];
  const url = `postgres://postgres:${encodeURIComponent(password)}@${host}:${port}/postgres`;
  const { code, output } = await runTask("db-baseline", ["--yes"], {
    dataDir: place.dataDir,
    env: { MIGRATE_URL: url },
  });
  expect(code, output).toBe(0);
  expect(output).not.toContain(readerPassword);
  return output;
}

async function adopt(stack: Name): Promise<void> {
  const { ref } = pair[stack];
  const told = await runTask("local", ["adopt", stack, ref], { dataDir: place.dataDir, input: `${password}\n` });
  expect(told.code, told.output).toBe(0);
  const planned = await command("preview", stack, "--refresh", "--json");
  expect(planned.code, planned.output).toBe(0);
  const { steps }: { steps: { op: string }[] } = JSON.parse(planned.stdout);
  expect(steps.filter(({ op }) => /delete|replace/.test(op))).toEqual([]);
  expect(planned.output).toMatch(
    /Taking over a database with \d+ of our migrations and 110 of others: these migrations run: 0000_/,
  );
  if (stack === "prod")
    expect(planned.output).toMatch(/Role fdw_catalog_ro: it is a login, with [1-9].*npm run rotate ends it/);
  for (const args of [[], ["--expect-no-changes"]]) {
    const up = await command("up", stack, ...args);
    expect(up.code, up.output).toBe(0);
  }
  expect((await (await open(stack)).outputs()).ref?.value).toBe(ref);
}

test(
  "Production is adopted while subscribers read through the old login, and none of them notices",
  async () => {
    readers.start("old login", () => connect(pair.prod, { user: "fdw_catalog_ro", password: readerPassword }));
    readers.start("Preview", () => connect(pair.preview));
    readers.step = "baseline of prod";
    const output = await baseline("prod");
    expect(output).toContain("110 rows of the ledger are of another checkout");
    expect(output).toMatch(/record 20251231300000_enable_rls_policies \((\d+) of \1 shown\)/);
    expect(output).toMatch(/0000_environment: not applied: stays pending/);
    expect(output).toMatch(/\n {2}keep 110 rows, \d+ to \d+\n/);
    readers.step = "up of prod";
    await adopt("prod");
    await readers.expectHealthy();
    const [role] = await withSql(
      await open("prod"),
      (sql) => sql`select rolcanlogin as login from pg_roles where rolname = 'fdw_catalog_ro'`,
    );
    expect(role).toEqual({ login: true });
  },
  6 * MINUTES,
);

test(
  "Preview is adopted, reads on, and its Vault row in clear is gone",
  async () => {
    readers.step = "baseline of preview";
    expect(await baseline("preview")).toMatch(/Vault row \S+ was made the wrong way round[\s\S]*Removed\./);
    readers.step = "up of preview";
    await adopt("preview");
    await readers.expectHealthy();
    const rows = await withSql(await open("preview"), async (sql) => {
      expect(await sql`select from vault.decrypted_secrets where decrypted_secret = 'fdw_password'`).toEqual([]);
      await sql`set role authenticated`;
      return sql`select count(*)::int as n from catalog.cruise_lines`;
    });
    expect(rows).toEqual([{ n: 12 }]);
  },
  6 * MINUTES,
);

test(
  "rotate ends the old login, Preview reads throughout, and nothing is left to do",
  async () => {
    readers.step = "rotation";
    await readers.stop("old login");
    const rotated = await command("rotate", "prod", "--json");
    expect(JSON.parse(rotated.stdout), rotated.output).toMatchObject({ switched: ["preview"] });
    await readers.expectHealthy();
    const old = connect(pair.prod, { user: "fdw_catalog_ro", password: readerPassword });
    await expect(old`select 1`).rejects.toMatchObject({ code: expect.stringMatching(/^28/) });
    await old.end();
    for (const stack of ["prod", "preview"]) {
      const up = await command("up", stack, "--expect-no-changes");
      expect(up.code, up.output).toBe(0);
    }
  },
  6 * MINUTES,
);

test(
  "every command opens the adopted pair, and drift finds nothing in it",
  async () => {
    readers.step = "looks";
    const drift = await command("drift", "prod", "preview");
    expect(drift.code, drift.output).toBe(0);
    const file = join(place.dataDir, ".env");
    const env = await command("env", "prod", "-o", file);
    expect(env.code, env.output).toBe(0);
    expect(parseEnv(await readFile(file, "utf8")).DIRECT_URL).toContain(password);
    const doctor = await command("doctor", "preview");
    expect(doctor.output).not.toMatch(/error/i);
    const plan = await command("release", "plan", "--json");
    expect(JSON.parse(plan.stdout), plan.output).toMatchObject({ pending: [], losses: [] });
    await readers.expectHealthy();
  },
  6 * MINUTES,
);
