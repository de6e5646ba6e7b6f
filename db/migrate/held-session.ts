import type { PostgresError, ReservedSql, Row, RowList, Sql } from "postgres";
import { isConnectionError } from "../connection/errors.ts";
import { isServerError, MigrationError } from "./errors.ts";

/**
 * One connection, kept for a whole run. The advisory lock lives and dies with it, so nothing is ever sent over another:
 * once it is gone, `send` refuses instead of reconnecting.
 */
export type HeldSession = {
  /** Sends SQL by the simple protocol and returns the last statement's rows. Calls not waited for are pipelined. */
  send(text: string): Promise<Row[]>;
  /** The same for SQL of a migration, whose rows are not read: they are dropped as they come. */
  run(text: string): Promise<void>;
  /** The process id the server's side announced at log-in; a pooler announces one of its own. */
  announcedPid(): number;
  /** False once the connection is gone. */
  readonly open: boolean;
  sql: ReservedSql;
  /** Gives the connection back (or closes it, where it was made for this run). */
  close(): Promise<void>;
};

type Rows = RowList<Row[]>;

const endedBefore = new Set(["57P01", "57P02", "57P05"]);

/** Takes the single connection of `sql`, or, where `sql` is a pool, opens one of its own with the same options. */
export async function holdSession(sql: Sql): Promise<HeldSession> {
  if (sql.options.max === 1) {
    try {
      return await reserve(sql, async () => {});
    } catch (error) {
      // postgres.js 3.4 answers the log-in after a connection that the server ended with that old error, and then hangs.
      if (!isServerError(error) || !endedBefore.has(error.code)) throw error;
    }
  }
  const own = await connectLike(sql);
  return reserve(own, (open) => own.end({ timeout: open ? 5 : 0 }));
}

/** A further, single connection to where `sql` leads. The caller ends it. */
export async function connectLike(sql: Sql): Promise<Sql> {
  const { openLike } = await import("../connection/open.ts");
  return openLike(sql, { max: 1 });
}

async function take(sql: Sql): Promise<ReservedSql> {
  // postgres.js 3.4 never settles `reserve` where it opens the connection and fetches no types.
  if (!sql.options.fetch_types) await sql.unsafe("select 1");
  return sql.reserve();
}

async function reserve(sql: Sql, end: (open: boolean) => Promise<void>): Promise<HeldSession> {
  const reserved = await take(sql);
  // With a single connection every close is the close of this one. postgres.js would reconnect for the next query and
  // run it outside the lock and the transaction, and it never settles a query that was waiting to be written.
  const options: { onclose?: (id: number) => void } = sql.options;
  const before = options.onclose;
  let open = true;
  let pid = 0;
  // An array: as a set grows V8 links its dead tables to live ones, which kept every answer of a long run.
  const waiting: ((error: Error) => void)[] = [];
  options.onclose = (id) => {
    open = false;
    for (const reject of [...waiting]) reject(connectionLost());
    before?.(id);
  };
  const answerTo = async (query: PromiseLike<Rows>): Promise<Rows> => {
    try {
      return await answerOrLoss(query, waiting);
    } catch (error) {
      const cause = endOfSession(error);
      if (!cause) throw error;
      open = false;
      throw connectionLost(cause);
    }
  };
  return {
    sql: reserved,
    get open() {
      return open;
    },
    announcedPid: () => pid,
    async send(text) {
      if (!open) throw connectionLost();
      const result = lastResult(await answerTo(reserved.unsafe<Row[]>(text)));
      pid = result.state?.pid ?? pid;
      return result;
    },
    async run(text) {
      if (!open) throw connectionLost();
      const query = reserved.unsafe<Row[]>(text).raw();
      await answerTo(query.forEach(() => {}) as unknown as PromiseLike<Rows>);
    },
    async close() {
      options.onclose = before;
      if (open) reserved.release();
      await end(open);
    },
  };
}

/** Several statements give several results. */
function lastResult(answer: Rows): Rows {
  const final: unknown = answer.at(-1);
  return Array.isArray(final) ? (final as unknown as Rows) : answer;
}

/** The error, where it says that the session is over. */
function endOfSession(error: unknown): PostgresError | NodeJS.ErrnoException | undefined {
  // FATAL: the server has ended the session, and the socket is about to close.
  if (isServerError(error)) return error.severity === "ERROR" ? undefined : error;
  return isConnectionError(error) ? error : undefined;
}

/** The answer to a query, or the error that those in `waiting` are rejected with. */
async function answerOrLoss(query: PromiseLike<Rows>, waiting: ((error: Error) => void)[]): Promise<Rows> {
  let reject: (error: Error) => void = () => {};
  try {
    return await new Promise<Rows>((resolve, fail) => {
      reject = fail;
      waiting.push(fail);
      query.then(resolve, fail);
    });
  } finally {
    waiting.splice(waiting.indexOf(reject), 1);
  }
}

function connectionLost(cause?: PostgresError | NodeJS.ErrnoException): MigrationError {
  const answer = cause ? ` (${cause.code}: ${cause.message})` : "";
  return new MigrationError(
    "connection-lost",
    `The connection to the database was lost${answer}, and the migration lock with it. Nothing more was sent. ` +
      "Whether a migration whose commit was on its way took effect is in the ledger: run again, and it continues from there.",
    { ...(isServerError(cause) ? { details: { sqlstate: cause.code } } : {}), ...(cause ? { cause } : {}) },
  );
}
