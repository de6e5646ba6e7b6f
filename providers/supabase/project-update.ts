import { isIgnored } from "../host/ignored.ts";
import type { Call } from "../host/kind.ts";
import type { ManagementAccess } from "../management/access.ts";
import { directConnection, poolerConnections } from "./connections.ts";
import { type ProjectInputs, waitMilliseconds } from "./declarations/project.ts";
import { provePassword } from "./login.ts";
import type { ManagementApi } from "./management-api.ts";
import { unproven } from "./ownership/project-permission.ts";
import { setLegacyKeys } from "./project-create.ts";
import { pauseProject, restoreProject } from "./project-pause.ts";
import { completeState, type ProjectState, projectState } from "./project-state.ts";
import { type Wait, waitUntilActive, waitUntilReady } from "./readiness.ts";

interface Update {
  api: ManagementApi;
  call: Call<ManagementAccess>;
  ref: string;
  olds: ProjectState;
  news: ProjectInputs;
  recorded: Partial<ProjectInputs>;
}

/** A wrong password is not worth the whole time-out: it does not become right by itself. */
const REFUSALS = 4;

/**
 * Brings a project to its inputs, or goes on waiting for one that was not ready. Each step looks at the live project
 * first, so that an update that broke off half-way is simply run again.
 */
export async function updateProject(update: Update): Promise<ProjectState> {
  const { api, call, ref, olds, news } = update;
  const wait = waitOf(update);
  const leavesPassword = isIgnored("databasePassword", call);
  if (news.paused && olds.status === "INACTIVE") return updatePaused(update);
  if (news.paused === false) await restoreProject(wait);
  const { project, poolers } = await waitUntilActive(wait);
  if (project.name !== news.name) await api.renameProject(ref, news.name);
  const pooled = poolerConnections(poolers);
  const connections = [directConnection(project), ...(pooled ? [pooled.session] : [])];
  if (!leavesPassword && (await needsPassword(update, () => provePassword(connections, news.databasePassword)))) {
    await api.setDatabasePassword(ref, news.databasePassword);
  }
  if (news.instanceSize !== undefined) {
    const size = await api.getInstanceSize(ref);
    if (size !== news.instanceSize) await api.setInstanceSize(ref, { from: size, to: news.instanceSize });
  }
  await setLegacyKeys(api, ref, news);
  // A password that others set is not known here, so there is no log-in to wait for.
  const ready = leavesPassword ? await waitUntilActive(wait) : await waitUntilReady({ ...wait, refusals: REFUSALS });
  const state = await completeState(api, projectState(ready.project, ready.poolers, news));
  if (!news.paused) return state;
  await pauseProject(wait);
  return { ...state, paused: true, status: "INACTIVE" };
}

/** A paused project can be renamed; everything else needs its database. */
async function updatePaused({ api, ref, olds, news }: Update): Promise<ProjectState> {
  const needing = (["databasePassword", "instanceSize", "legacyApiKeysEnabled"] as const).filter(
    (name) => news[name] !== undefined && olds[name] !== undefined && news[name] !== olds[name],
  );
  if (needing.length > 0) {
    throw new Error(
      `project ${ref} is paused, and is to stay so: ${needing.join(", ")} can be changed after paused: false`,
    );
  }
  if (olds.name !== news.name) await api.renameProject(ref, news.name);
  return { ...olds, ...news };
}

/**
 * Whether the password has to be set. Right after an import none is recorded with the state: then only one that differs
 * from the one proven at the import is a new one, and any other has to be accepted.
 */
async function needsPassword(
  { olds, news, recorded }: Update,
  prove: () => ReturnType<typeof provePassword>,
): Promise<boolean> {
  if (olds.databasePassword !== undefined) return olds.databasePassword !== news.databasePassword;
  const proven = recorded.databasePassword;
  if (proven !== undefined && proven !== news.databasePassword) return true;
  const login = await prove();
  if (login.answer === "refused") throw unproven(olds, login);
  return false;
}

function waitOf({ api, call, ref, news }: Update): Wait {
  const { context, timeoutSeconds } = call;
  const timeoutMs = waitMilliseconds({
    customSeconds: timeoutSeconds,
    timeouts: news.timeouts,
    operation: "update",
  });
  return { api, context, ref, password: news.databasePassword, timeoutMs };
}
