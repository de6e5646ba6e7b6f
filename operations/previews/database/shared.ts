import { join } from "node:path";
import type { Sql } from "postgres";
import { EngineError, RefusedError } from "../../../engine/error.ts";
import { listStacks } from "../../../engine/list.ts";
import { type DatabaseLogin, loginOf, type ProjectLogin } from "../../session/login.ts";
import { openSession } from "../../session/session.ts";
import type { PrContext } from "../context.ts";
import { goingOn, type Problems } from "../problems.ts";
import type { Isolation } from "../stamp.ts";
import { withDatabaseOf } from "./template.ts";

const SHARED_STACK = "preview";

/** How the project is reached that databases of pull requests live in; undefined where it does not exist. */
export async function findShared(context: PrContext): Promise<ProjectLogin | undefined> {
  return (await findSharedRef(context)) === undefined ? undefined : readLogin(context);
}

/** Reference of that project, which its state says in clear; undefined where it does not exist. */
async function findSharedRef({ cloud, dataDir }: PrContext): Promise<string | undefined> {
  const stacks = await listStacks({ cloud, dataDir, settingsDir: join(dataDir, "hosted", "listing") });
  const found = stacks.find(({ name }) => name === SHARED_STACK);
  const resources = (await found?.readState())?.resources ?? [];
  return resources.find(({ type }) => type.endsWith(":Project"))?.id;
}

/**
 * What could be found out about the shared project. It may be paused, have another password, or its state may be lost:
 * whatever does not need it goes on.
 */
export interface SharedLook<T> {
  readonly ref: string | undefined;
  /** What its database answered; undefined where there is no such project, or it could not be asked. */
  readonly answer: T | undefined;
}

/** Asks the shared project's database, and goes on without it where it cannot be reached. */
export async function lookAtShared<T>(
  context: PrContext,
  problems: Problems,
  work: (sql: Sql, ref: string) => Promise<T>,
): Promise<SharedLook<T>> {
  const about = `The shared project of stack ${SHARED_STACK}`;
  const ref = await goingOn(problems, about, () => findSharedRef(context));
  if (ref === undefined) return { ref, answer: undefined };
  const answer = await goingOn(problems, `${about} (${ref}), whose databases were left out`, async () => {
    const shared = await readLogin(context);
    return shared && withShared(shared, (sql) => work(sql, ref)).catch(unreachable(ref));
  });
  return { ref, answer };
}

function unreachable(ref: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof EngineError) throw error;
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new EngineError(
      {
        attempted: `Asking the database of project ${ref} as postgres`,
        answered: `${error instanceof Error ? error.message : String(error)}${code}`,
        next: `If it is paused, restore it; if its password was changed, set that of stack ${SHARED_STACK} again. Then run the command again.`,
      },
      { cause: error },
    );
  };
}

/** Starts the engine: the password is encrypted in the state. */
async function readLogin(context: PrContext): Promise<ProjectLogin | undefined> {
  const { cloud, dataDir, onProgress } = context;
  const program = async () => ({});
  const { stack } = await openSession({ stack: SHARED_STACK, cloud, dataDir, onProgress, program });
  const outputs = await stack.outputs({ showSecrets: true });
  if (typeof outputs.ref?.value !== "string") return undefined;
  const pooled = context.config[`${context.project}:connection`] === "session" && outputs.sessionPooler !== undefined;
  return { ...loginOf(outputs, pooled ? "sessionPooler" : "direct"), database: "postgres" };
}

/**
 * The same, in two steps: first whether it exists, which is found out at once, then how to reach it.
 * @throws RefusedError saying how to make it, where it does not exist
 */
export async function requireShared(context: PrContext, isolation: Isolation): Promise<() => Promise<ProjectLogin>> {
  const refusal = new RefusedError({
    attempted: `Making a preview with isolation ${isolation}`,
    answered: `stack ${SHARED_STACK}, whose project such previews live in, is not up`,
    next: `Bring it up once: npm run up -- ${SHARED_STACK}. Or use: --isolation project`,
  });
  if ((await findSharedRef(context)) === undefined) throw refusal;
  return async () => {
    const shared = await readLogin(context);
    if (!shared) throw refusal;
    return shared;
  };
}

/** Opens the shared project's own database for `work`. */
export function withShared<T>(login: DatabaseLogin, work: (sql: Sql) => Promise<T>): Promise<T> {
  return withDatabaseOf(login, "postgres", work);
}
