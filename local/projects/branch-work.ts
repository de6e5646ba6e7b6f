import postgres from "postgres";
import { type CloudContext, findProject } from "../context.ts";
import type { BranchStatus } from "../contract.ts";
import { projectLayout } from "../layout.ts";
import { cloneCluster } from "../postgres/clone.ts";
import { adminLogin, queryLogin, withSession } from "../postgres/session.ts";
import type { BranchRecord, ProjectRecord } from "../state.ts";

/** A row of the history that the CLI and the platform keep of a project's migrations. */
interface Migration {
  version: string;
  name: string | null;
  statements: string[];
}

/** Whether a project is a branch of another one. */
export function isBranch(record: ProjectRecord): record is ProjectRecord & { branch: BranchRecord } {
  return record.branch !== undefined && !record.branch.isDefault;
}

/** The branches of a project, without the default one. */
export function branchesOf(context: CloudContext, parentRef: string): (ProjectRecord & { branch: BranchRecord })[] {
  return context.state.value.projects.filter(isBranch).filter(({ branch }) => branch.parentRef === parentRef);
}

/** Fills the data folder of a branch with its parent's data, and says with what password `supabase_admin` gets in. */
export async function cloneParent(
  context: CloudContext,
  record: ProjectRecord & { branch: BranchRecord },
): Promise<string> {
  const parent = parentOf(context, record);
  await withSession({
    address: parent.address,
    login: adminLogin(parent),
    applicationName: "local cloud: branch",
    work: (sql) =>
      cloneCluster({
        from: projectLayout(context.layout, parent.ref),
        to: projectLayout(context.layout, record.ref),
        sql,
      }),
  });
  return parent.internal.admin;
}

/**
 * What the platform does with a branch whose database has come up: it replays the parent's migration history, and
 * nothing that is not in it.
 */
export async function finishBranch(context: CloudContext, record: ProjectRecord): Promise<void> {
  if (!isBranch(record)) return;
  const { status, withData } = record.branch;
  if (status !== "CREATING_PROJECT" && status !== "RUNNING_MIGRATIONS") return;
  try {
    await setBranchStatus(context, record, "RUNNING_MIGRATIONS");
    if (!withData) await replay(parentOf(context, record), record);
    const functions = record.settings.functions.length > 0;
    await setBranchStatus(context, record, functions ? "FUNCTIONS_DEPLOYED" : "MIGRATIONS_PASSED");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.log(`${record.ref}: the migrations of its parent failed: ${reason}`);
    await setBranchStatus(context, record, "MIGRATIONS_FAILED");
  }
}

async function setBranchStatus(
  context: CloudContext,
  record: ProjectRecord & { branch: BranchRecord },
  status: BranchStatus,
): Promise<void> {
  record.branch.status = status;
  record.branch.updatedAt = new Date().toISOString();
  await context.state.save();
}

function parentOf(context: CloudContext, record: ProjectRecord & { branch: BranchRecord }): ProjectRecord {
  const parent = findProject(context, record.branch.parentRef);
  if (!parent) throw new Error(`its parent ${record.branch.parentRef} is gone`);
  return parent;
}

async function replay(parent: ProjectRecord, record: ProjectRecord): Promise<void> {
  const history = await asPostgres(parent, readHistory);
  if (history.length === 0) return;
  await asPostgres(record, async (sql) => {
    await sql.unsafe(`create schema if not exists supabase_migrations;
      create table if not exists supabase_migrations.schema_migrations
        (version text primary key, statements text[], name text)`);
    const done = new Set((await readHistory(sql)).map(({ version }) => version));
    for (const migration of history.filter(({ version }) => !done.has(version))) await applyOne(sql, migration);
  });
}

async function applyOne(sql: postgres.Sql, migration: Migration): Promise<void> {
  try {
    await sql.begin(async (transaction) => {
      for (const statement of migration.statements) await transaction.unsafe(statement);
      await transaction`
        insert into supabase_migrations.schema_migrations (version, name, statements)
        select ${migration.version}, ${migration.name},
          array(select jsonb_array_elements_text(${JSON.stringify(migration.statements)}::text::jsonb))`;
    });
  } catch (error) {
    if (!(error instanceof postgres.PostgresError)) throw error;
    throw new Error(`migration ${migration.version}: ${error.code}: ${error.message}`);
  }
}

async function readHistory(sql: postgres.Sql): Promise<Migration[]> {
  const [found] = await sql`select to_regclass('supabase_migrations.schema_migrations') is not null as yes`;
  if (found?.yes !== true) return [];
  const rows = await sql<{ version: string; name: string | null; statements: string }[]>`
    select version, to_jsonb(h) ->> 'name' as name,
      coalesce(to_jsonb(h) ->> 'statements', '[]') as statements
    from supabase_migrations.schema_migrations h order by version`;
  return rows.map((row) => ({ ...row, statements: JSON.parse(row.statements) as string[] }));
}

async function asPostgres<T>(record: ProjectRecord, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  return withSession({
    address: record.address,
    login: queryLogin(record),
    applicationName: "local cloud: branch",
    work,
  });
}
