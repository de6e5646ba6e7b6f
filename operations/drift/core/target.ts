import { checkServerIdentity } from "node:tls";
import type pg from "pg";
import type { Sql } from "postgres";
import { openSessions } from "../../../db/connection/open.ts";
import { openPgPool } from "../../../db/connection/pg-pool.ts";
import type { DatabaseLogin } from "../../session/login.ts";

/** Milliseconds after which a statement of a check is given up. */
const STATEMENT_MS = 60_000;
const CONNECT_SECONDS = 10;
/** What every session of a check is told. */
const connection = {
  application_name: "tailfire drift",
  statement_timeout: STATEMENT_MS,
  default_transaction_read_only: true,
};

/** Runs `work` on one connection whose every transaction is read only, closed afterwards. */
export async function readOnly<Result>(target: DatabaseLogin, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = openSessions({ ...target, ssl: "require", max: 1, connection });
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
  const pool = openPgPool({
    ...target,
    connection,
    // As sslmode=require: encrypted, and the certificate is not checked against an authority.
    ssl: {
      rejectUnauthorized: false,
      checkServerIdentity: (host, certificate) => checkServerIdentity(host, certificate),
    },
    max: 1,
    connectionTimeoutMillis: CONNECT_SECONDS * 1000,
  });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
