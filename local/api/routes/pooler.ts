import { Hono } from "hono";
import { z } from "zod";
import type { PoolerBody } from "../../contract.ts";
import { MAX_CLIENTS } from "../../pooler/transaction-pooler.ts";
import { restartTransactionPooler } from "../../projects/work.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { readBody } from "../errors.ts";
import { requireActive } from "../require-active.ts";

const SESSION_PORT = 5432;
const DEFAULT_POOL_SIZE = 15;
const updateBody = z.object({
  default_pool_size: z.int().min(0).max(3000).nullish(),
  pool_mode: z.enum(["transaction", "session"]).optional(),
});

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
  app.patch("/config/database/pooler", async (c) => {
    const record = requireActive(c.get("project"));
    const given = await readBody(c, updateBody);
    const { pooler } = record.settings;
    if (given.default_pool_size !== undefined) pooler.poolSize = given.default_pool_size ?? DEFAULT_POOL_SIZE;
    await context.lifecycle.apply(record, async () => {
      await context.state.save();
      await restartTransactionPooler(context, record);
    });
    return c.json({ default_pool_size: pooler.poolSize, pool_mode: given.pool_mode ?? "transaction" });
  });
  app.get("/config/database/pgbouncer", (c) => {
    const record = c.get("project");
    const { host, pgbouncerPort } = record.address;
    return c.json({
      default_pool_size: record.settings.pooler.poolSize,
      max_client_conn: MAX_CLIENTS,
      ignore_startup_parameters: "extra_float_digits,options",
      pool_mode: "transaction",
      connection_string: `postgresql://postgres:[YOUR-PASSWORD]@${host}:${pgbouncerPort}/postgres`,
    });
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
  const text = (host: string) => `postgresql://${user}:[YOUR-PASSWORD]@${host}:${options.port}/postgres`;
  return {
    identifier: options.record.ref,
    database_type: "PRIMARY",
    is_using_scram_auth: true,
    db_user: user,
    db_host: options.host,
    db_port: options.port,
    db_name: "postgres",
    connection_string: text(threeParts(options.host)),
    connectionString: text(options.host),
    default_pool_size: options.record.settings.pooler.poolSize,
    max_client_conn: MAX_CLIENTS,
    pool_mode: options.mode,
  };
}

/**
 * An IPv4 address as a.b.c, with the last two bytes in one number, which every resolver of libc takes (inet_aton). The
 * Supabase CLI refuses a pooler whose host is an IP address to its eyes; this it takes for a name.
 */
function threeParts(host: string): string {
  const [a, b, c = 0, d = 0] = host.split(".").map(Number);
  return `${a}.${b}.${c * 256 + d}`;
}
