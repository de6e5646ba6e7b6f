import postgres, { type Sql } from "postgres";
import type { Cluster } from "./cluster.ts";
import { type MigrationsFolder, migrationsFolder } from "./migrations.ts";

/** A database and a migrations folder of one test, with every connection opened through it. */
export type Bench = {
  url: string;
  /** A single connection, as the runner takes it. */
  sql: Sql;
  made: MigrationsFolder;
  connect(options?: postgres.Options<Record<string, postgres.PostgresType>>): Sql;
  /** The ledger's hashes, in order of application. */
  hashes(): Promise<string[]>;
  /** True where a relation of that name is there. */
  has(relation: string): Promise<boolean>;
  /** Advisory locks held in this database. */
  locks(): Promise<number>;
  close(): Promise<void>;
};

/** Makes an empty database and an empty folder. */
export async function openBench(cluster: Cluster): Promise<Bench> {
  const name = await cluster.createDatabase();
  const url = cluster.url(name);
  const made = await migrationsFolder();
  const opened: Sql[] = [];
  const connect: Bench["connect"] = (options) => {
    const connection = postgres(url, { max: 1, onnotice: () => {}, ...options });
    opened.push(connection);
    return connection;
  };
  const sql = connect();
  const watch = connect();
  return {
    url,
    sql,
    made,
    connect,
    hashes: async () =>
      (await watch`select hash from drizzle.__drizzle_migrations order by id`).map(({ hash }) => hash),
    has: async (relation) => (await watch`select to_regclass(${relation}) is not null as found`)[0]?.found === true,
    locks: async () =>
      (
        await watch`select 1 from pg_locks where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())`
      ).length,
    async close() {
      await Promise.all(opened.map((connection) => connection.end({ timeout: 1 })));
      await made.delete();
    },
  };
}
