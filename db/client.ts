import { sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type postgres from "postgres";
import { openSessions } from "./connection/open.ts";
import { addressOf, connectionOf, isPooler, type Login, tlsOf } from "./connection.ts";
import * as schema from "./schema/index.ts";

/** A Drizzle database that knows every table of this application. `$client` is the postgres.js instance under it. */
export type Database = PostgresJsDatabase<typeof schema> & { $client: postgres.Sql };

/** A transaction of a `Database`. */
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

/** What a user's token says, as Supabase Auth signs it and the access-token hook completes it. */
export interface UserClaims {
  /** The id in `auth.users`. */
  readonly sub: string;
  /** The Postgres role of the request. Default: `authenticated`. */
  readonly role?: string;
  /** The agency the user belongs to. */
  readonly agency_id?: string;
  /** The user's role in that agency. */
  readonly user_role?: string;
  readonly [claim: string]: unknown;
}

/** What a client may be told besides the options of postgres.js. */
export type ClientOptions = postgres.Options<Record<string, postgres.PostgresType>> & {
  /** The roles `asUser` may take, as the claim `role` names them. Default: `authenticated` and `anon`. */
  readonly userRoles?: readonly string[];
  /**
   * True behind a pooler that gives a session to another client after each transaction. Default: whether a port is 6543.
   * Settings then hold inside a transaction only.
   */
  readonly transactionMode?: boolean;
};

const USER_ROLES: readonly string[] = ["authenticated", "anon"];

/** The roles a client's users may have; only what `createDbClient` made is in it. */
const userRolesOf = new WeakMap<postgres.Sql, readonly string[]>();

/**
 * Connects an application to its database. A statement may take 2 minutes, unless `connection.statement_timeout` says
 * otherwise (behind a transaction pooler inside a transaction only). Prepared statements are switched off behind a pooler
 * only, recognised by its host or port; TLS is on unless every host is this machine or the connection string says otherwise.
 *
 * A transaction whose session is lost rejects once, with the cause, and sends nothing more: not on another session either.
 * The same holds for `$client.begin`, `$client.reserve` and savepoints.
 * @param to a connection string, or a login in parts
 * @param options postgres.js options, which win over what is derived. `max` is the `connection_limit` of the string, else 10
 *   connections. What is in `connection` is SET after connecting; 0 leaves it out. Array types are never fetched: Drizzle
 *   reads arrays itself.
 */
export function createDbClient(to: string | Login, options: ClientOptions = {}): Database {
  const target = connectionOf(to);
  const { userRoles = USER_ROLES, ...given } = options;
  const client = openSessions({
    url: target.url,
    max: target.poolSize ?? 10,
    connect_timeout: 30,
    // postgres.js prints what the server says.
    onnotice: undefined,
    ...addressOf(target),
    prepare: !isPooler(target),
    ssl: tlsOf(target),
    ...given,
  });
  userRolesOf.set(client, userRoles);
  return drizzle(client, { schema });
}

/**
 * Runs `work` as a user sees the database: role and claims hold for this one transaction and end with it, so that a pooled
 * connection carries nothing over to the next request, and a lost connection no identity to another one.
 * @throws TypeError before anything is sent, where the claims' role is none of the client's `userRoles`, or where `db` was
 *   not made by `createDbClient`: another client would go on as role postgres after a lost connection.
 */
export async function asUser<T>(db: Database, claims: UserClaims, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const role = claims.role ?? "authenticated";
  const allowed = userRolesOf.get(db.$client);
  if (!allowed)
    throw new TypeError("asUser needs a client made by createDbClient: another one may lose the user's role.");
  if (!allowed.includes(role)) {
    throw new TypeError(
      `asUser refused the role ${JSON.stringify(role)} of these claims: a user may be ${allowed.join(" or ")}. ` +
        "Name further roles as userRoles of createDbClient.",
    );
  }
  return db.transaction(async (tx) => {
    await tx.execute(
      sql`select set_config('request.jwt.claims', ${JSON.stringify({ ...claims, role })}, true), set_config('role', ${role}, true)`,
    );
    return work(tx);
  });
}
