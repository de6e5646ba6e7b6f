import { join } from "node:path";
import type { Sql } from "postgres";
import { RefusedError } from "../../../engine/error.ts";
import { listStacks } from "../../../engine/list.ts";
import { type DatabaseLogin, loginOf, type ProjectLogin } from "../../session/login.ts";
import { openSession } from "../../session/session.ts";
import type { PrContext } from "../context.ts";
import type { Isolation } from "../stamp.ts";
import { withDatabaseOf } from "./template.ts";

const SHARED_STACK = "preview";

/** How the project is reached that databases of pull requests live in; undefined where it does not exist. */
export async function findShared(context: PrContext): Promise<ProjectLogin | undefined> {
  return (await isSharedUp(context)) ? readLogin(context) : undefined;
}

async function isSharedUp({ cloud, dataDir }: PrContext): Promise<boolean> {
  const stacks = await listStacks({ cloud, dataDir, settingsDir: join(dataDir, "hosted", "listing") });
  const found = stacks.find(({ name }) => name === SHARED_STACK);
  const resources = (await found?.readState())?.resources ?? [];
  return resources.some(({ type }) => type.endsWith(":Project"));
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
  if (!(await isSharedUp(context))) throw refusal;
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
