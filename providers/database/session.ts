import type { Sql } from "postgres";
import type { Call } from "../host/kind.ts";
import type { Configuration } from "./configuration.ts";
import type { Database } from "./database.ts";
import { DatabaseError, explain, isUnreachable } from "./explain.ts";
import { askProject } from "./management.ts";
import type { Query } from "./over-https.ts";

/** The database of the provider's configuration. Throws where none is configured. */
export function databaseOf(call: Call<Configuration>): Database {
  if (call.config.database) return call.config.database;
  throw new Error(
    `${nameOf(call.urn)} lives in a database, and its provider has none configured. ` +
      "Pass it a database.Provider with host, port, user and password.",
  );
}

/** Runs `work` on the shared pool; what fails says what was attempted on which project. */
export function inDatabase<Result>(
  call: Call<Configuration>,
  what: string,
  work: (sql: Sql, database: Database) => Promise<Result>,
): Promise<Result> {
  const database = databaseOf(call);
  return attempting(call, what, () => work(database.pool, database));
}

/**
 * Runs `work`, which opens its own connections, with the same explanation of what fails.
 * @param overHttps reads the same where no session is to be had
 */
export async function attempting<Result>(
  call: Call<Configuration>,
  what: string,
  work: (database: Database) => Promise<Result>,
  overHttps?: (query: Query) => Promise<Result>,
): Promise<Result> {
  const database = databaseOf(call);
  try {
    const missing = await database.ready();
    if (!missing) return await work(database);
    if (overHttps && database.query) {
      call.context.progress(`${what} over HTTPS: ${missing.message}`);
      return await overHttps(database.query);
    }
    throw new DatabaseError(
      `${what} in project ${call.config.projectRef ?? "(unnamed)"} failed: ${missing.message}`,
      missing,
    );
  } catch (error) {
    throw explain(error, { what, projectRef: call.config.projectRef ?? "(unnamed)", target: database.target });
  }
}

/**
 * Runs `work`; answers undefined when the database cannot be reached because its project no longer exists. Only the
 * Management API can say so (404): without it, and for every other answer, the failure stays a failure.
 */
export async function unlessGone<Result>(
  call: Call<Configuration>,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isUnreachable(error) && (await projectIsGone(call.config))) return undefined;
    throw error;
  }
}

async function projectIsGone({ projectRef, management }: Configuration): Promise<boolean> {
  if (!projectRef || !management) return false;
  try {
    const { status } = await askProject({ projectRef, management }, { method: "GET", path: "", tries: 1 });
    return status === 404;
  } catch {
    // The API does not answer either: nothing is known, so the database's own failure is what counts.
    return false;
  }
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) || "This resource";
}
