import { sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
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
  readonly role?: "authenticated" | "anon";
  /** The agency the user belongs to. */
  readonly agency_id?: string;
  /** The user's role in that agency. */
  readonly user_role?: string;
  readonly [claim: string]: unknown;
}

/**
 * Milliseconds a statement may take, as hosted projects have it. A foreign table of a database that stays silent is waited
 * for that long: nothing else bounds it.
 */
const STATEMENT_MS = 120_000;

/**
 * Connects an application to its database. A statement may take 2 minutes, unless `connection.statement_timeout` says
 * otherwise. Prepared statements are switched off behind a pooler only, recognised by its
 * host or port; TLS is on unless every host is this machine or the connection string says otherwise.
 * @param to a connection string, or a login in parts
 * @param options postgres.js options, which win over what is derived. `max` is the `connection_limit` of the string, else 10
 *   connections. Array types are not fetched: Drizzle reads arrays itself; `$client.reserve()` as a client's first call needs
 *   `fetch_types: true`.
 */
export function createDbClient(
  to: string | Login,
  options: postgres.Options<Record<string, postgres.PostgresType>> = {},
): Database {
  const target = connectionOf(to);
  const client = postgres(target.url, {
    max: target.poolSize ?? 10,
    ...addressOf(target),
    prepare: !isPooler(target),
    ssl: tlsOf(target),
    // Drizzle reads arrays itself; a connection lost during this look would end the process (an unhandled rejection).
    fetch_types: false,
    ...options,
    connection: {
      // A pooler refuses settings it does not know; behind one the role's own time-out counts. 0 leaves it out.
      ...(isPooler(target) ? {} : { statement_timeout: STATEMENT_MS }),
      ...options.connection,
    },
  });
  return drizzle(client, { schema });
}

/**
 * Runs `work` as a user sees the database: role and claims hold for this one transaction and end with it, so that a pooled
 * connection carries nothing over to the next request.
 */
export function asUser<T>(db: Database, claims: UserClaims, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const role = claims.role ?? "authenticated";
  return db.transaction(async (tx) => {
    await tx.execute(
      sql`select set_config('request.jwt.claims', ${JSON.stringify({ ...claims, role })}, true), set_config('role', ${role}, true)`,
    );
    return work(tx);
  });
}
