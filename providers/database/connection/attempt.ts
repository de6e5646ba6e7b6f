import type { Call } from "../../host/kind.ts";
import { askProject } from "../../management/project-calls.ts";
import type { Configuration } from "../configuration.ts";
import type { Database } from "./database.ts";
import { DatabaseError } from "./error.ts";
import { answerOf, explain, isUnreachable } from "./explain.ts";
import type { Query } from "./over-https.ts";
import { acrossRestarts } from "./restart.ts";

/** The database of the provider's configuration. Throws where none is configured. */
function databaseOf(call: Call<Configuration>): Database {
  if (call.config.database) return call.config.database;
  throw new Error(
    `${nameOf(call.urn)} lives in a database, and its provider has none configured. ` +
      "Pass it a database.Provider with host, port, user and password.",
  );
}

/**
 * Runs `work`; what fails says what was attempted on which project. Where the server restarts, the work begins
 * again.
 */
export function attempt<Result>(
  call: Call<Configuration>,
  what: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  return attemptOnce(call, { what, work, waits: true });
}

/**
 * The same for reading and deleting, which a server that never answered is not worth waiting for. Answers undefined when
 * the database cannot be reached because its project no longer exists. Only the Management API can say so (404): without
 * it, and for every other answer, the failure stays a failure.
 * @param overHttps reads the same where no session is to be had
 */
export async function attemptUnlessProjectGone<Result>(
  call: Call<Configuration>,
  what: string,
  work: (database: Database) => Promise<Result>,
  overHttps?: (query: Query) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await attemptOnce(call, { what, work, overHttps, waits: false });
  } catch (error) {
    if (isUnreachable(error) && (await projectIsGone(call.config))) return undefined;
    throw error;
  }
}

interface Attempt<Result> {
  readonly what: string;
  readonly work: (database: Database) => Promise<Result>;
  readonly overHttps?: ((query: Query) => Promise<Result>) | undefined;
  /** Whether a server that has not answered yet may be one that restarts. */
  readonly waits: boolean;
}

async function attemptOnce<Result>(call: Call<Configuration>, given: Attempt<Result>): Promise<Result> {
  const { what, work, overHttps, waits } = given;
  const database = databaseOf(call);
  const projectRef = call.config.projectRef ?? "(unnamed)";
  const { progress, signal } = call.context;
  const once = async (): Promise<Result> => {
    const missing = await database.ready();
    if (!missing) {
      const result = await withLogin(database, work, progress);
      known.add(database);
      return result;
    }
    if (overHttps && database.query) {
      progress(`${what} over HTTPS: ${missing.message}`);
      return await overHttps(database.query);
    }
    throw new DatabaseError(`${what} in project ${projectRef} failed: ${missing.message}`, missing);
  };
  const onStop = (reason: string) => progress(`${what}: ${reason}`);
  try {
    return await acrossRestarts(once, { waits: () => waits || known.has(database), signal, onStop });
  } catch (error) {
    throw explain(error, { what, projectRef, target: database.target });
  }
}

/** Most times that others may void a short-lived login before the refusal counts. */
const MOST_VOID = 5;

/** Begins the work again where a short-lived login was voided by another run on the same project. */
async function withLogin<Result>(
  database: Database,
  work: (database: Database) => Promise<Result>,
  progress: (line: string) => void,
): Promise<Result> {
  for (let refused = 1; ; refused++) {
    const used = database.target;
    try {
      return await work(database);
    } catch (error) {
      if (refused > MOST_VOID || !database.loginIsVoid(used, answerOf(error))) throw error;
      progress("another run took over the short-lived login of this project: asking for another one");
      const missing = await database.ready();
      if (missing) throw missing;
    }
  }
}

/** Databases that something was done in. */
const known = new WeakSet<Database>();

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
