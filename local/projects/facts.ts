import type postgres from "postgres";
import { withSession } from "../postgres/session.ts";
import type { ProjectRecord } from "../state.ts";
import { isActive } from "./work.ts";

/** What a project's database says of itself. */
export interface ProjectFacts {
  /** Where the catalog comes from: what `environment.settings` says; null where nothing says it. */
  catalog: string | null;
  /** Applied migrations by the history they are in, e.g. "drizzle.__drizzle_migrations". */
  migrations: { history: string; applied: number }[];
}

/** Histories that tools keep. */
const HISTORIES = ["drizzle.__drizzle_migrations", "supabase_migrations.schema_migrations"];
const TIMEOUT_S = 2;

/** Asks the database, as a role that can write nothing; undefined where it does not run or does not answer in time. */
export async function projectFacts(record: ProjectRecord): Promise<ProjectFacts | undefined> {
  if (!isActive(record) || !record.built) return undefined;
  try {
    return await withSession({
      address: record.address,
      login: { user: "supabase_read_only_user", password: record.internal.reader },
      applicationName: "local cloud: status page",
      connectTimeout: TIMEOUT_S,
      work: readFacts,
    });
  } catch {
    return undefined;
  }
}

async function readFacts(sql: postgres.Sql): Promise<ProjectFacts> {
  await sql.unsafe(`set statement_timeout = '${TIMEOUT_S}s'`);
  const there = async (name: string) => {
    const [row] = await sql`select to_regclass(${name}) is not null as yes`;
    return row?.yes === true;
  };
  const migrations: ProjectFacts["migrations"] = [];
  for (const history of HISTORIES) {
    if (!(await there(history))) continue;
    const [row] = await sql.unsafe(`select count(*)::int as applied from ${history}`);
    migrations.push({ history, applied: Number(row?.applied) });
  }
  if (!(await there("environment.settings"))) return { catalog: null, migrations };
  const [setting] = await sql`select value #>> '{}' as mode from environment.settings where name = 'catalog'`;
  return { catalog: setting ? String(setting.mode) : null, migrations };
}
