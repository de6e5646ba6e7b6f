import postgres, { type Options, type PostgresType, type ReservedSql, type Sql } from "postgres";
import { coded } from "./errors.ts";
import { speaking } from "./facade.ts";
import { once } from "./once.ts";
import { Pool } from "./pool.ts";
import type { Query } from "./query.ts";
import { setUpSql, splitSettings } from "./set-up.ts";
import { transaction } from "./transaction.ts";

type PostgresOptions = Options<Record<string, PostgresType>>;

/** Options of postgres.js, and where the sessions lead. */
export type OpenOptions = PostgresOptions & {
  /** A connection string postgres.js reads; the other options win over it. */
  readonly url?: string;
  /**
   * True behind a pooler that gives a session to another client after each transaction. Default: whether a port is 6543,
   * Supabase's. Settings then hold inside `begin` only.
   */
  readonly transactionMode?: boolean;
};

const TRANSACTION_POOLER = 6543;

/** What holds for every session unless it is said otherwise; `connection` is merged name by name. */
const defaults = {
  /** Seconds until a server that does not answer counts as unreachable. */
  connect_timeout: 10,
  /**
   * Milliseconds a statement may take, as hosted projects have it. A foreign table of a database that stays silent is
   * waited for that long: nothing else bounds it.
   */
  connection: { statement_timeout: 120_000 },
  // postgres.js awaits their query nowhere: a connection lost during it would end the process.
  fetch_types: false,
  onnotice: () => undefined,
} satisfies PostgresOptions;

/**
 * Opens sessions of a Postgres database: what postgres.js offers, where a lost session never goes on as another one.
 *
 * A transaction (`begin`, `savepoint`) or a reserved session whose connection is lost rejects once with the cause,
 * sends nothing more, and the next one starts on a new session. A statement may take 2 minutes, unless
 * `connection.statement_timeout` says otherwise. `connection` is SET after connecting, in the order role,
 * search_path, time-outs, read only, because poolers drop startup parameters; in transaction mode it is SET LOCAL inside
 * `begin`, and where `role` or `default_transaction_read_only` is asked for, queries outside `begin` are refused.
 * @throws where an option of postgres.js has no meaning to it; connecting begins with the first query.
 */
export function openSessions({ url, transactionMode, ...given }: OpenOptions): Sql {
  const connection = { ...defaults.connection, ...given.connection };
  const options: PostgresOptions = { ...defaults, ...given, connection, fetch_types: false };
  return sessionsOf(url === undefined ? postgres(options) : postgres(url, options), transactionMode);
}

/** Further sessions to where `sql` leads, with the same settings. The caller ends them. */
export function openLike(sql: Sql, options: { readonly max: number }): Sql {
  const wanted: Record<string, unknown> = { ...sql.options, ...options, onclose: undefined };
  wanted.connection = { ...sql.options.connection, ...settingsOf.get(sql)?.set };
  // postgres.js takes parsed options as they are; its types do not say so.
  return sessionsOf(postgres(wanted as PostgresOptions), settingsOf.get(sql)?.transactionMode);
}

/** The statements that began every session of `sql`: after RESET ALL or DISCARD ALL they are sent again. Empty for none. */
export function setUpOf(sql: Sql): string {
  const found = settingsOf.get(sql);
  return !found || found.transactionMode ? "" : setUpSql(found.set);
}

const settingsOf = new WeakMap<Sql, { set: ReturnType<typeof splitSettings>["set"]; transactionMode: boolean }>();

function sessionsOf(base: Sql, mode: boolean | undefined): Sql {
  const { begin: connection, set } = splitSettings(base.options.connection);
  Object.assign(base.options, { connection });
  const transactionMode = mode ?? [base.options.port].flat().includes(TRANSACTION_POOLER);
  const pool = new Pool(base.options, transactionMode ? "" : setUpSql(set));
  const local = transactionMode && Object.keys(set).length > 0 ? `; ${setUpSql(set, "local")}` : "";
  const bound = transactionMode && ("role" in set || "default_transaction_read_only" in set);
  const dispatch = (query: Query) => (bound ? query.reject(outsideBegin()) : once(pool, query));
  const begin = (...args: [string, never] | [never]) => {
    const isolation = args.length === 1 ? "" : ` ${args[0].replaceAll(/[^a-z ]/gi, "")}`;
    return transaction(base, pool, `begin${isolation}${local}`, args.length === 1 ? args[0] : args[1]);
  };
  const extra = {
    ...{ options: base.options, parameters: base.options.connection, PostgresError: base.PostgresError },
    ...{ CLOSE: base.CLOSE, END: base.END, listen: base.listen, subscribe: base.subscribe },
    largeObject: base.largeObject,
    begin,
    reserve: () => reserve(base, pool),
    end: async (options?: { timeout?: number | undefined }) => {
      await Promise.all([pool.end(options), base.end(options)]);
    },
  };
  // It opens a transaction through the instance it was made with.
  Object.assign(base, { begin });
  const sql = speaking(base, dispatch, extra) as unknown as Sql;
  settingsOf.set(sql, { set, transactionMode });
  return sql;
}

async function reserve(base: Sql, pool: Pool): Promise<ReservedSql> {
  const session = await pool.take();
  let over = false;
  const dispatch = (query: Query) => {
    if (over)
      query.reject(coded("SESSION_RELEASED", "It was not sent, because the session it belongs to was released."));
    else session.send(query);
  };
  const release = () => {
    if (!over) pool.give(session);
    over = true;
  };
  return speaking(base, dispatch, { options: base.options, release }) as unknown as ReservedSql;
}

function outsideBegin(): Error {
  return coded(
    "UNSAFE_TRANSACTION",
    "A pooler in transaction mode keeps role and read only inside a transaction: use begin, or the session pooler (port 5432).",
  );
}
