import pg from "pg";
import { type SessionSettings, setUpSql, splitSettings } from "./set-up.ts";

/** Options of `pg.Pool`, and what its sessions are told, as for `openSessions`. */
export type PgPoolOptions = pg.PoolConfig & { readonly connection: SessionSettings };

/**
 * The same for tools that bring node-postgres: each session is told its settings before it is handed out, in the same
 * statements, and one that is lost is dropped.
 */
export function openPgPool({ connection, ...options }: PgPoolOptions): pg.Pool {
  const { begin, set } = splitSettings(connection);
  const setUp = setUpSql(set);
  // Its types do not have the hook, which the pool waits for.
  const config: pg.PoolConfig & { onConnect(client: pg.PoolClient): Promise<void> } = {
    ...options,
    ...begin,
    async onConnect(client) {
      // Without a listener a lost session ends the process; what is asked next fails and says so.
      client.on("error", () => undefined);
      if (setUp) await client.query(setUp);
    },
  };
  const pool = new pg.Pool(config);
  pool.on("error", () => undefined);
  return pool;
}
