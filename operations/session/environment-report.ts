import type postgres from "postgres";
import { createDbClient } from "../../db/client.ts";
import type { StackOutputs } from "../../engine/result.ts";
import { connectionString, loginOf, type Route } from "./login.ts";

/** What a person wants to know of an environment. Holds no secret. */
export interface EnvironmentReport {
  readonly stack: string;
  readonly ref: string;
  /** Connection string of role `postgres`, with `***` in place of the password. */
  readonly connection: string;
  /** `local tables` or `foreign tables`, and from where. */
  readonly catalog: string;
  readonly migrations: number;
  readonly tables: readonly {
    readonly schema: string;
    readonly kind: string;
    readonly tables: number;
    readonly rows: number;
  }[];
}

/** Bounds every statement here: a foreign table whose publisher is silent would otherwise wait without end. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** Opens the database of a stack as role `postgres` for `work`, and closes it again; directly unless `route` says how. */
export async function withDatabase<Result>(
  outputs: StackOutputs,
  work: (database: ReturnType<typeof createDbClient>) => Promise<Result>,
  route: Exclude<Route, "transactionPooler"> = "direct",
): Promise<Result> {
  const database = createDbClient(loginOf(outputs, route), {
    max: 1,
    onnotice: () => {},
    connect_timeout: 10,
    connection: { statement_timeout: STATEMENT_TIMEOUT_MS },
  });
  try {
    return await work(database);
  } finally {
    await database.$client.end({ timeout: 5 });
  }
}

/** Reads what there is to say about an environment, from its outputs and its database. */
export async function reportEnvironment(environment: {
  readonly stack: string;
  readonly outputs: StackOutputs;
}): Promise<EnvironmentReport> {
  const { stack, outputs } = environment;
  return withDatabase(outputs, async ({ $client: sql }) => ({
    stack,
    ref: String(outputs.ref?.value),
    connection: connectionString({ ...loginOf(outputs), password: "***" }, { query: "sslmode=require" }),
    catalog: await whereCatalogLives(sql),
    migrations: Number(outputs.migrationsApplied?.value),
    tables: await countTables(sql),
  }));
}

async function whereCatalogLives(sql: postgres.Sql): Promise<string> {
  const servers = await sql<{ name: string; host: string }[]>`
    select s.srvname as name, o.option_value as host
    from pg_foreign_server s cross join lateral pg_options_to_table(s.srvoptions) o where o.option_name = 'host'`;
  const [server] = servers;
  if (server) return `foreign tables, read from ${server.host} through server ${server.name}`;
  const [copy] = await sql<{ taken: string }[]>`
    select to_char((value ->> 'takenAt')::timestamptz at time zone 'utc', 'YYYY-MM-DD HH24:MI') as taken
    from environment.settings where name = 'catalog_snapshot'`;
  return copy ? `tables of its own, copied from the publisher at ${copy.taken} UTC` : "tables of its own";
}

async function countTables(sql: postgres.Sql): Promise<EnvironmentReport["tables"]> {
  const tables = await sql<{ schema: string; name: string; kind: string }[]>`
    select n.nspname as schema, c.relname as name, case c.relkind when 'f' then 'foreign tables' else 'tables' end as kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'catalog') and c.relkind in ('r', 'p', 'f')
    order by n.nspname, c.relname`;
  const groups = new Map<string, { schema: string; kind: string; tables: number; rows: number }>();
  for (const { schema, name, kind } of tables) {
    const [counted] = await sql<{ rows: number }[]>`select count(*)::int as rows from ${sql(`${schema}.${name}`)}`;
    const group = groups.get(`${schema} ${kind}`) ?? { schema, kind, tables: 0, rows: 0 };
    groups.set(`${schema} ${kind}`, { ...group, tables: group.tables + 1, rows: group.rows + (counted?.rows ?? 0) });
  }
  return [...groups.values()];
}

/** The report as lines for a terminal. */
export function reportLines(report: EnvironmentReport): string[] {
  const tables = report.tables
    .map(({ schema, kind, tables: count, rows }) => {
      return `${count} ${kind} in ${schema} (${rows.toLocaleString("en")} rows)`;
    })
    .join(", ");
  return [
    `${report.stack}`,
    `  project     ${report.ref}`,
    `  database    ${report.connection}`,
    `  catalog     ${report.catalog}`,
    `  tables      ${tables}`,
    `  migrations  ${report.migrations} applied`,
  ];
}
