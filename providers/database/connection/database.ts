import { checkServerIdentity } from "node:tls";
import type { Sql } from "postgres";
import { openSessions } from "../../../db/connection/open.ts";
import { isReadOnly } from "../../host/read-only.ts";
import { DatabaseError } from "./error.ts";
import type { Query } from "./over-https.ts";
import { type Alternatives, Route } from "./route.ts";
import { loginNameOf, roleOf, type Target } from "./target.ts";

/** Seconds until a server that does not answer counts as unreachable. */
const CONNECT_SECONDS = 10;
/** Seconds after which an unused connection is given back: a database has few. */
const IDLE_SECONDS = 10;
/** Upper bound in milliseconds for a statement of the shared pool; none of them is long. */
const STATEMENT_MS = 30_000;

const CLIENT_CHECK_MS = 1000;

/** One database, as every resource of this provider process reaches it. Connects when first used. */
export class Database {
  readonly #route: Route;
  #target: Target;
  #pool: Sql | undefined;
  readonly #pools: Sql[] = [];

  constructor(target: Target, alternatives: Alternatives = {}) {
    this.#target = target;
    this.#route = new Route(target, alternatives);
  }

  /** Where it is reached: as configured, until `ready` has found out. */
  get target(): Target {
    return this.#target;
  }

  /** Reads over HTTPS, where that can be done. */
  get query(): Query | undefined {
    return this.#route.query;
  }

  /** Finds the way to the database, with a login that holds. Answers why there is none, where no session is to be had. */
  async ready(): Promise<DatabaseError | undefined> {
    const found = await this.#route.find();
    if (found instanceof DatabaseError) return found;
    const { host, port, user, password } = this.#target;
    const same = found.host === host && found.port === port && found.user === user && found.password === password;
    // Work that began with the earlier pool goes on with it; unused, it closes its connections by itself.
    if (!same) this.#pool = undefined;
    this.#target = found;
    return undefined;
  }

  /**
   * Whether a log-in was refused because its password is void: the platform uses the name of a short-lived login again,
   * so another run that asks for one takes the password of this one away. The next `ready` then asks for another.
   */
  loginIsVoid({ user, password }: Target, refusal: { code: string; message: string } | undefined): boolean {
    // The password of another role, as the reader's, is none of ours.
    const ours = refusal?.code === "28P01" && refusal.message.includes(`"${roleOf(user)}"`);
    return ours && this.#route.forgetLogin(password);
  }

  /** The small pool all resources share. Leads to where `ready` said. */
  get pool(): Sql {
    if (!this.#pool) {
      this.#pool = openSessions({ ...this.#options(), max: 3, idle_timeout: IDLE_SECONDS });
      this.#pools.push(this.#pool);
    }
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
    const missing = await this.ready();
    if (missing) throw missing;
    const sql = openSessions({
      ...this.#options({ statementTimeoutMs, asOther: user !== undefined }),
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
    return loginNameOf(role, this.target.user);
  }

  /** Closes the shared pool. */
  async close(): Promise<void> {
    await Promise.all(this.#pools.splice(0).map((pool) => pool.end({ timeout: 1 })));
    this.#pool = undefined;
  }

  #options({
    statementTimeoutMs = STATEMENT_MS,
    asOther = false,
  }: {
    statementTimeoutMs?: number | undefined;
    asOther?: boolean;
  } = {}) {
    const { host, port, user, password, database, applicationName, role } = this.#target;
    return {
      host,
      port,
      user,
      password,
      database,
      ssl: tlsOf(this.target),
      connect_timeout: CONNECT_SECONDS,
      connection: {
        application_name: applicationName,
        statement_timeout: statementTimeoutMs,
        // What is made belongs to the role the project's own password logs in.
        ...(role && !asOther ? { role } : {}),
        ...(isReadOnly() ? { default_transaction_read_only: true } : {}),
        // A backend whose client was cut off ends, with its locks, instead of finishing its statement.
        client_connection_check_interval: CLIENT_CHECK_MS,
      },
    };
  }
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
