import { checkServerIdentity } from "node:tls";
import pg from "pg";
import postgres, { type Sql } from "postgres";
import type { DatabaseLogin } from "../../session/login.ts";

/** Milliseconds after which a statement of a check is given up. */
const STATEMENT_MS = 60_000;
const CONNECT_SECONDS = 10;
const NAME = "tailfire drift";

/** Runs `work` on one connection whose every transaction is read only, closed afterwards. */
export async function readOnly<Result>(target: DatabaseLogin, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = postgres({
    ...target,
    ssl: "require",
    max: 1,
    connect_timeout: CONNECT_SECONDS,
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: NAME,
      statement_timeout: STATEMENT_MS,
      default_transaction_read_only: true,
    },
  });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

/** The same for pg-delta, which brings another driver. */
export async function readOnlyPool<Result>(
  target: DatabaseLogin,
  work: (pool: pg.Pool) => Promise<Result>,
): Promise<Result> {
  const pool = new pg.Pool({
    ...target,
    // As sslmode=require: encrypted, and the certificate is not checked against an authority.
    ssl: {
      rejectUnauthorized: false,
      checkServerIdentity: (host, certificate) => checkServerIdentity(host, certificate),
    },
    max: 1,
    connectionTimeoutMillis: CONNECT_SECONDS * 1000,
    application_name: NAME,
    statement_timeout: STATEMENT_MS,
    options: "-c default_transaction_read_only=on",
  });
  // A server that goes away while the connection is idle; what is asked next fails and says so.
  pool.on("error", () => undefined);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
