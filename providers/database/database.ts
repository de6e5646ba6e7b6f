import { checkServerIdentity } from "node:tls";
import postgres, { type Sql } from "postgres";
import type { Target } from "./configuration.ts";

/** Seconds until a server that does not answer counts as unreachable. */
const CONNECT_SECONDS = 10;
/** Seconds after which an unused connection is given back: a database has few. */
const IDLE_SECONDS = 10;
/** Upper bound in milliseconds for a statement of the shared pool; none of them is long. */
const STATEMENT_MS = 30_000;

const CLIENT_CHECK_MS = 1000;

/** One database, as every resource of this provider process reaches it. Connects when first used. */
export class Database {
  readonly target: Target;
  #pool: Sql | undefined;

  constructor(target: Target) {
    this.target = target;
  }

  /** The small pool all resources share. */
  get pool(): Sql {
    this.#pool ??= postgres({ ...this.#options(), max: 3, idle_timeout: IDLE_SECONDS });
    return this.#pool;
  }

  /**
   * Runs `work` on a connection of its own, closed afterwards: a fresh backend holds neither cached foreign
   * connections nor settings of earlier work. Aborting `signal` cuts it off.
   */
  async fresh<Result>(
    work: (sql: Sql) => Promise<Result>,
    options: { signal?: AbortSignal; user?: string; password?: string; statementTimeoutMs?: number } = {},
  ): Promise<Result> {
    const { signal, user, password, statementTimeoutMs } = options;
    const sql = postgres({
      ...this.#options(statementTimeoutMs),
      max: 1,
      ...(user ? { user: this.loginName(user) } : {}),
      ...(password === undefined ? {} : { password }),
    });
    const cut = () => void sql.end({ timeout: 0 });
    signal?.addEventListener("abort", cut, { once: true });
    try {
      signal?.throwIfAborted();
      return await work(sql);
    } finally {
      signal?.removeEventListener("abort", cut);
      await sql.end({ timeout: 2 });
    }
  }

  /** The name under which `role` logs in: a session pooler finds the project by what follows the role's name. */
  loginName(role: string): string {
    const dot = this.target.user.indexOf(".");
    return dot === -1 ? role : role + this.target.user.slice(dot);
  }

  /** Closes the shared pool. */
  async close(): Promise<void> {
    await this.#pool?.end({ timeout: 1 });
    this.#pool = undefined;
  }

  #options(statementTimeoutMs = STATEMENT_MS) {
    const { host, port, user, password, database, applicationName } = this.target;
    return {
      host,
      port,
      user,
      password,
      database,
      ssl: tlsOf(this.target),
      connect_timeout: CONNECT_SECONDS,
      // Saves a round trip per connection; lists travel as JSON.
      fetch_types: false,
      connection: {
        application_name: applicationName,
        statement_timeout: statementTimeoutMs,
        ...(isReadOnly() ? { default_transaction_read_only: true } : {}),
        // A backend whose client was cut off ends, with its locks, instead of finishing its statement.
        client_connection_check_interval: CLIENT_CHECK_MS,
      },
      onnotice: () => {},
    };
  }
}

/** True while a check runs that must leave no trace: every transaction is read only then. */
export function isReadOnly(): boolean {
  return process.env.TAILFIRE_READ_ONLY === "1";
}

function tlsOf({ sslmode, host, caCertificate }: Target) {
  if (sslmode === "disable") return false;
  if (sslmode === "prefer" || sslmode === "require") return sslmode;
  return {
    rejectUnauthorized: true,
    ...(caCertificate ? { ca: caCertificate } : {}),
    // Node would compare the certificate with "localhost": the socket is open already when TLS begins.
    checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      sslmode === "verify-full" ? checkServerIdentity(host, certificate) : undefined,
  };
}
