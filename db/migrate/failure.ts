import type { PostgresError, Sql } from "postgres";
import { adviceFor, adviceFromCode } from "./advice.ts";
import { isServerError, MigrationError } from "./errors.ts";

/** A failure in the SQL of a transition, which says itself what was attempted and what to do. */
class TransitionFailure extends Error {
  constructor(override readonly cause: PostgresError) {
    super(cause.message);
  }
}

/** Waits for the SQL of a transition; what the server answers to it is passed on as it is. */
export async function ofTransition(sent: Promise<void> | undefined): Promise<void> {
  try {
    await sent;
  } catch (cause) {
    throw isServerError(cause) && !isOfLogIn(cause) ? new TransitionFailure(cause) : cause;
  }
}

/** Runs `work`; whatever the server, the driver or the network answered comes out as a MigrationError. A bug stays one. */
export async function explained<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof MigrationError) throw cause;
    if (cause instanceof TransitionFailure) throw cause.cause;
    if (isServerError(cause)) throw isOfLogIn(cause) ? logInError(sql, cause) : ledgerError(sql, cause);
    if (cause instanceof Error && "code" in cause && /^[A-Z][A-Z0-9_]{4,}$/.test(String(cause.code)))
      throw connectionError(sql, cause, String(cause.code));
    throw cause;
  }
}

// FATAL ends a session: of one that had begun, `send` says that the connection was lost.
function isOfLogIn({ severity }: PostgresError): boolean {
  return severity === "FATAL";
}

function addressOf({ options }: Sql): string {
  const { host, port, user, database, path } = options;
  const server = path || host.map((name, index) => `${name}:${port[index]}`).join(", ");
  return `${server} as ${user}, database ${database}`;
}

function logInError(sql: Sql, cause: PostgresError): MigrationError {
  const next = adviceFromCode(cause) ?? "Look at the connection string, and at the settings of role and database.";
  return new MigrationError(
    "connection",
    `Connecting to ${addressOf(sql)} failed with SQLSTATE ${cause.code}: ${cause.message}. ${next}`,
    { details: { sqlstate: cause.code }, cause },
  );
}

const nextByCode: [codes: RegExp, next: string][] = [
  [/^ECONNREFUSED$/, "Nothing listens there: look at host and port, and whether the server runs."],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, "No address is known for that name here: look at the host, and at the network."],
  [/CERT|TLS|SSL|SIGNATURE/, "The server's certificate does not prove who it is: look at sslmode and sslrootcert."],
];

function connectionError(sql: Sql, cause: Error, code: string): MigrationError {
  // Node tries every address of a name and packs the failures into one error without a message of its own.
  const parts = cause instanceof AggregateError ? cause.errors.map((one: Error) => one.message) : [cause.message];
  const next = /secure TLS/.test(cause.message)
    ? "The server ended the connection where TLS was to begin: it may have none. sslmode=disable goes without, on a network that you trust."
    : (nextByCode.find(([codes]) => codes.test(code))?.[1] ??
      "Look at the connection string, and whether the server can be reached from here.");
  return new MigrationError(
    "connection",
    `Connecting to ${addressOf(sql)} failed with ${code}: ${parts.join("; ")}. ${next}`,
    { cause },
  );
}

function ledgerError(sql: Sql, cause: PostgresError): MigrationError {
  const role = JSON.stringify(sql.options.user);
  const grants =
    cause.code === "42501"
      ? ` Either grant create on the database to ${role}, or have its owner run: create schema if not exists drizzle authorization ` +
        `${role}; create schema if not exists environment authorization ${role}; where they are there, grant it what is in them.`
      : "";
  return new MigrationError(
    "ledger",
    `Reading or writing what is recorded of migrations (schemas drizzle and environment of database ${sql.options.database}) failed ` +
      `with SQLSTATE ${cause.code}: ${cause.message}. ${adviceFor(cause)}${grants}`,
    {
      details: { sqlstate: cause.code, ...(cause.detail ? { detail: cause.detail } : {}) },
      cause,
    },
  );
}
