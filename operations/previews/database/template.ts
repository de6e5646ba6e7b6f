import { createHash, randomBytes } from "node:crypto";
import type { Sql } from "postgres";
import { apply } from "../../../db/migrate/apply.ts";
import { connectForMigrations } from "../../../db/migrate/connect.ts";
import { readMigrations } from "../../../db/migrate/journal.ts";
import { loadSampleCatalog } from "../../../db/sample/catalog.ts";
import { holdKey, keyOf } from "../../../providers/database/connection/key.ts";
import type { DatabaseLogin } from "../../session/login.ts";
import { platformSql } from "../../shadow/platform-sql.ts";

/** Reserved for the templates of one repository: `prune` removes those that are not the newest. */
const templatePrefix = (mark: string): string => `pr_template_${mark}_`;
/** Of one that is being made. One lock covers all of them, so that one left behind is known for what it is. */
const draftPrefix = "pr_template_draft_";
const LOCK = "tailfire pr template";
/** Milliseconds: the machine that has the lock may be running every migration. */
const BUILD_MS = 10 * 60_000;
const SAILINGS = 300;

/** Opens one database of the shared project for `work`. */
export async function withDatabaseOf<T>(login: DatabaseLogin, database: string, work: (sql: Sql) => Promise<T>) {
  const sql = connectForMigrations({ ...login, database }, { applicationName: "pull request previews" });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/**
 * Finds or makes the database that previews are copied from: platform schemas, the migrations the shared preview
 * already has, sample rows in the catalog. It accepts no connection, holds no user mapping and no Vault row, so a copy
 * of it carries no credential.
 * @returns its name
 */
export async function ensureTemplate(
  shared: Sql,
  { login, folder, mark }: { readonly login: DatabaseLogin; readonly folder: string; readonly mark: string },
): Promise<string> {
  const through = await lastShared(shared, folder);
  const name = `${templatePrefix(mark)}${through.key}`;
  if (await isUsable(shared, name)) return name;
  return shared.reserve().then(async (held) => {
    try {
      await holdKey(held, LOCK, { waitMs: BUILD_MS });
      if (!(await isUsable(held, name))) await build(held, { login, folder, name, through: through.tag });
      return name;
    } finally {
      await held.unsafe(`select pg_advisory_unlock(${keyOf(LOCK)})`);
      held.release();
    }
  });
}

/** Removes the templates of a repository that are not its newest. @returns their names */
export async function dropOldTemplates(shared: Sql, mark: string): Promise<string[]> {
  const rows = await shared<{ name: string }[]>`
    select datname as name from pg_database
    where starts_with(datname, ${templatePrefix(mark)}) and not datallowconn order by oid desc`;
  const old = rows.slice(1).map(({ name }) => name);
  for (const name of old) await shared.unsafe(`drop database if exists "${name}"`);
  return old;
}

/** The last migration up to which this checkout and the shared preview agree. */
async function lastShared(shared: Sql, folder: string): Promise<{ tag: string | undefined; key: string }> {
  const rows = await shared<{ hash: string }[]>`select hash from drizzle.__drizzle_migrations`;
  const applied = new Set(rows.map(({ hash }) => hash));
  const digest = createHash("sha256").update(platformSql);
  let tag: string | undefined;
  for (const migration of await readMigrations(folder)) {
    if (![migration.hash, ...migration.otherHashes].some((hash) => applied.has(hash))) break;
    tag = migration.tag;
    digest.update(migration.hash);
  }
  return { tag, key: digest.digest("hex").slice(0, 16) };
}

interface Build {
  readonly login: DatabaseLogin;
  readonly folder: string;
  readonly name: string;
  readonly through: string | undefined;
}

async function build(shared: Sql, { login, folder, name, through }: Build): Promise<void> {
  const draft = `${draftPrefix}${randomBytes(4).toString("hex")}`;
  await removeDrafts(shared);
  await shared.unsafe(`create database ${draft} template template0`);
  // Other databases of the project are other people's previews.
  await shared.unsafe(`revoke connect, temporary on database ${draft} from public`);
  await withDatabaseOf(login, draft, async (sql) => {
    await sql.unsafe(platformSql);
    if (through === undefined) return;
    await apply(sql, { folder, through, settings: { catalog: "local" } });
    const [catalog] = await sql`select to_regclass('catalog.cruise_sailings') is not null as there`;
    if (catalog?.there) await loadSampleCatalog(sql, { sailings: SAILINGS });
    await sql`delete from vault.secrets`;
  });
  await shared.unsafe(`alter database ${draft} with allow_connections false`);
  await shared.unsafe(`drop database if exists ${name}`);
  await shared.unsafe(`alter database ${draft} rename to ${name}`);
}

/** Drafts are left only by a build that was killed: a running one holds the lock this is called under. */
async function removeDrafts(shared: Sql): Promise<void> {
  const drafts = await shared<{ name: string }[]>`
    select datname as name from pg_database where starts_with(datname, ${draftPrefix})`;
  for (const { name } of drafts) await shared.unsafe(`drop database if exists "${name}" with (force)`);
}

/**
 * True where databases can be made of it: an upgrade of the platform brings collations of another version, and a template
 * whose indexes were sorted by the earlier one is refused (XX000).
 */
async function isUsable(sql: Sql, name: string): Promise<boolean> {
  const rows = await sql`
    select from pg_database
    where datname = ${name} and datcollversion is not distinct from pg_database_collation_actual_version(oid)`;
  return rows.length > 0;
}
