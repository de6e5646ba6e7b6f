import { Hono } from "hono";
import type { PoolerBody } from "../contract.ts";
import { MAX_CLIENTS, POOL_SIZE } from "../pooler/transaction-pooler.ts";
import type { ProjectRecord } from "../state.ts";
import type { ApiContext, ApiEnv } from "./environment.ts";

const SESSION_PORT = 5432;

/**
 * GET /config/database/pooler: the transaction pooler, as on the platform. Its session mode is the same host on
 * 5432 there; where that is not so here, a second entry of pool_mode "session" says the port.
 */
export function poolerApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/config/database/pooler", (c) => {
    const record = c.get("project");
    const { host, sessionPort, transactionPort } = context.state.value.network.pooler;
    const entries = [entry({ record, host, port: transactionPort, mode: "transaction" })];
    if (sessionPort !== SESSION_PORT) entries.push(entry({ record, host, port: sessionPort, mode: "session" }));
    return c.json(entries);
  });
  return app;
}

function entry(options: {
  record: ProjectRecord;
  host: string;
  port: number;
  mode: "transaction" | "session";
}): PoolerBody {
  const user = `postgres.${options.record.ref}`;
  const text = `postgresql://${user}:[YOUR-PASSWORD]@${options.host}:${options.port}/postgres`;
  return {
    identifier: options.record.ref,
    database_type: "PRIMARY",
    is_using_scram_auth: true,
    db_user: user,
    db_host: options.host,
    db_port: options.port,
    db_name: "postgres",
    connection_string: text,
    connectionString: text,
    default_pool_size: POOL_SIZE,
    max_client_conn: MAX_CLIENTS,
    pool_mode: options.mode,
  };
}
