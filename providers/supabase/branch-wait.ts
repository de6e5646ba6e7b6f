import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "../host/kind.ts";
import type { ManagementAccess } from "../management/access.ts";
import { poolerConnections } from "./connections.ts";
import { type BranchDetailBody, TERMINAL } from "./contract.ts";
import { provePassword } from "./login.ts";
import type { ManagementApi } from "./management-api.ts";

const DEFAULT_WAIT_MS = 15 * 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 4_000;

interface Wait {
  api: ManagementApi;
  call: Call<ManagementAccess>;
  id: string;
}

/** Waits until the database of a branch accepts a fresh log-in with the password that the API tells. */
export async function waitForBranch({ api, call, id }: Wait): Promise<BranchDetailBody> {
  const { context, timeoutSeconds } = call;
  const timeoutMs = timeoutSeconds > 0 ? timeoutSeconds * 1000 : DEFAULT_WAIT_MS;
  const began = Date.now();
  for (let round = 0; ; round++) {
    const look = await lookAtBranch(api, id);
    if (look.ready) return look.ready;
    const pause = Math.min(FIRST_PAUSE_MS * 1.3 ** round, LONGEST_PAUSE_MS);
    const elapsed = Date.now() - began;
    if (elapsed + pause > timeoutMs) {
      throw new Error(
        `branch ${id} was not ready within ${timeoutMs / 1000} s: ${look.seen}. It is recorded; run up again to go on.`,
      );
    }
    context.progress(`branch ${id}: ${look.seen} (${Math.round(elapsed / 1000)} s)`);
    await sleep(pause, undefined, { signal: context.signal });
  }
}

/** What is still being waited for, in words, or the branch where its database accepts a log-in. */
export async function lookAtBranch(
  api: ManagementApi,
  id: string,
): Promise<{ seen: string; ready?: BranchDetailBody }> {
  const detail = await api.getBranch(id);
  if (!detail) throw new Error(`branch ${id} is gone: it was deleted while it was waited for. Run refresh, then up.`);
  const cure = TERMINAL[detail.status];
  if (cure) throw new Error(`branch ${id} is ${detail.status}: ${cure}.`);
  if (detail.status !== "ACTIVE_HEALTHY") return { seen: `status ${detail.status}` };
  const { db_host: host, db_port: port, db_user: user, db_pass: password } = detail;
  if (user === undefined || password === undefined) return { seen: "the API does not tell its password yet" };
  const session = poolerConnections(await api.getPoolers(detail.ref))?.session;
  const direct = { host, port, user, database: "postgres" };
  const login = await provePassword([direct, ...(session ? [session] : [])], password);
  if (login.answer === "accepted") return { seen: "ready", ready: detail };
  return {
    seen: `its database ${login.answer === "refused" ? "refuses its password" : "does not answer yet"} (${login.reason})`,
  };
}

/** Waits until a branch is gone. */
export async function waitUntilBranchGone({ api, call, id }: Wait): Promise<void> {
  const timeoutMs = call.timeoutSeconds > 0 ? call.timeoutSeconds * 1000 : DEFAULT_WAIT_MS;
  const began = Date.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const live = await api.getBranch(id);
    if (!live || live.status === "REMOVED") return;
    if (Date.now() - began > timeoutMs) {
      throw new Error(`branch ${id} is still ${live.status} after ${timeoutMs / 1000} s; run destroy again to go on`);
    }
    call.context.progress(`branch ${id}: waiting until it is gone`);
    await sleep(pause, undefined, { signal: call.context.signal });
  }
}
