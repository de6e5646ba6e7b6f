import { setTimeout as sleep } from "node:timers/promises";
import { checkWith } from "../host/check.ts";
import { compare } from "../host/compare.ts";
import { declared, replacingOf } from "../host/declaration.ts";
import { type Call, type Change, type Kind, kind, type Properties, type ReadAnswer } from "../host/kind.ts";
import { owned } from "../host/ownership.ts";
import type { ManagementAccess } from "../management/access.ts";
import { directConnection, poolerConnections } from "./connections.ts";
import { LEAVING, type ProjectBody, TERMINAL } from "./contract.ts";
import { type ProjectInputs, projectDeclaration, projectInputs } from "./declarations/project.ts";
import { type LoginAnswer, provePassword } from "./login.ts";
import { ManagementApi } from "./management-api.ts";
import { projectMarks } from "./ownership/project-marks.ts";
import {
  deletionOf,
  noteDeleted,
  noteMade,
  provePasswordOnce,
  requireReplacement,
} from "./ownership/project-permission.ts";
import { createProject } from "./project-create.ts";
import { completeState, type ProjectState, projectState, REFUSED_PASSWORD } from "./project-state.ts";
import { updateProject } from "./project-update.ts";

const SET_UP_FAILED =
  "it could not be set up, and has no data. Unprotected, it is replaced. Protected, the engine refuses that: delete it in the " +
  "dashboard, run refresh, then up; or take the whole stack down with destroy --unprotect.";
const KEYS = ["anonKey", "serviceRoleKey"];
const ADDRESSES = ["status", "sessionPooler", "transactionPooler", "publishableKey", "secretKey", ...KEYS];
const DELETE_WAIT_MS = 10 * 60_000;
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 2_000;

/** The life cycle of a project. */
export const projectLifecycle: Kind<ProjectInputs, ProjectState, ManagementAccess> = {
  ...declared(projectDeclaration),
  check: (news, unknowns, recorded, resource) =>
    checkWith(projectInputs, named({ initialName: resource, ...news }, recorded), unknowns),
  diff: differences,
  foresee: ({ ref, status }) => (status === "INIT_FAILED" ? [`project ${ref}: ${SET_UP_FAILED}`] : []),
  async prove(call, olds, news, recorded) {
    requireReplacement(call, olds, news, recorded);
    await provePasswordOnce(olds, news, recorded);
  },
  unsettled: outputsOf,
  create: (call, inputs) => createProject({ api: apiOf(call), call, inputs }),
  read: readProject,
  update: (call, id, olds, news, recorded = {}) =>
    updateProject({ api: apiOf(call), call, ref: id, olds, news, recorded }),
  delete: deleteProject,
};

export const projectKind = kind(owned(projectLifecycle, projectMarks));

/** A project keeps the name it got: the stack that `initialName` was made from may be renamed. */
function named({ initialName, ...news }: Properties, recorded: Properties = {}): Properties {
  return news.name === undefined ? { ...news, name: recorded.name ?? initialName } : news;
}

function apiOf(call: Call<ManagementAccess>): ManagementApi {
  return new ManagementApi({ settings: call.config, signal: call.context.signal });
}

function differences(olds: ProjectState, news: ProjectInputs, recordedInputs: Partial<ProjectInputs> = {}): Change[] {
  // A password cannot be read: after an import there is none to compare but the one that was handed over with it.
  const password = olds.databasePassword ?? recordedInputs.databasePassword ?? news.databasePassword;
  const left = (["instanceSize", "legacyApiKeysEnabled", "paused"] as const).filter((name) => news[name] !== undefined);
  const wanted = { ...news, protected: news.protected ?? false };
  const changes = compare({ ...olds, databasePassword: password, protected: olds.protected ?? false }, wanted, {
    replace: replacingOf(projectInputs),
    update: ["name", "databasePassword", "protected", ...left],
  });
  if (olds.status === "ACTIVE_HEALTHY" || (olds.status === "INACTIVE" && news.paused !== undefined)) return changes;
  // What could not be set up has no data to lose. Any other status is waited out, or reported, by update.
  return [...changes, { property: "status", kind: "update", replace: olds.status === "INIT_FAILED" }];
}

/** Outputs that an update may change: those of a project that was not up, and keys that are switched. */
function outputsOf(olds: ProjectState, news: ProjectInputs): string[] {
  if (olds.status !== "ACTIVE_HEALTHY") return ADDRESSES;
  const { legacyApiKeysEnabled: wanted } = news;
  return wanted === undefined || wanted === olds.legacyApiKeysEnabled ? [] : KEYS;
}

async function readProject(
  call: Call<ManagementAccess>,
  ref: string,
  recorded: ProjectState | undefined,
  recordedInputs: Partial<ProjectInputs> = {},
): Promise<ReadAnswer<ProjectInputs, ProjectState> | undefined> {
  if (!/^[a-z]{20}$/.test(ref)) throw new Error(`"${ref}" is not a project ref: those are 20 lower-case letters`);
  const api = apiOf(call);
  const live = await api.getProject(ref);
  if (!live || LEAVING.includes(live.status)) return undefined;
  const known = { ...recorded, ...recordedInputs };
  if (!recorded) {
    noteMade(call);
    return importedProject(api, live);
  }
  if (live.status !== "ACTIVE_HEALTHY") {
    // Keys and addresses are not to be had now; the recorded ones stay, and the status shows as a difference.
    const { sessionPooler: _, transactionPooler: __, ...state } = projectState(live, [], known);
    return { id: ref, state: { ...recorded, ...state } };
  }
  const poolers = await api.getPoolers(ref);
  const [state, login] = await Promise.all([
    completeState(api, projectState(live, poolers, known), { recorded, inputs: recordedInputs }),
    logIn(live, known.databasePassword, poolerConnections(poolers)?.session),
  ]);
  if (login === "refused" && recorded.databasePassword === undefined) {
    // Never proven, it is not known to have changed: an update must not set it.
    return { id: ref, state: { ...state, databasePassword: undefined } };
  }
  if (login === "refused") return { id: ref, state: { ...state, databasePassword: REFUSED_PASSWORD } };
  // A create that was cut short has proven nothing yet, and the platform's status runs ahead of the database.
  const proven = recorded.status === "ACTIVE_HEALTHY" || login === "accepted";
  return { id: ref, state: proven ? state : { ...state, status: "UNKNOWN" } };
}

/** What the database says to the password; without one there is nothing to try. */
async function logIn(
  live: ProjectBody,
  password: string | undefined,
  pooler: ProjectState["sessionPooler"],
): Promise<LoginAnswer["answer"]> {
  if (password === undefined) return "accepted";
  return (await provePassword([directConnection(live), ...(pooler ? [pooler] : [])], password)).answer;
}

async function importedProject(
  api: ManagementApi,
  live: ProjectBody,
): Promise<ReadAnswer<ProjectInputs, ProjectState>> {
  if (live.status !== "ACTIVE_HEALTHY") {
    const next = TERMINAL[live.status] ?? "run again once it is ACTIVE_HEALTHY";
    throw new Error(`project ${live.ref} ("${live.name}") cannot be imported while it is ${live.status}: ${next}`);
  }
  const state = await completeState(api, projectState(live, await api.getPoolers(live.ref), {}));
  const { organizationId, name, region, instanceSize } = state;
  // The password stays out: an empty one would show as a difference from the one that the program hands over.
  const inputs = { organizationId, name, region, instanceSize } as ProjectInputs;
  return { id: live.ref, state, inputs };
}

async function deleteProject(call: Call<ManagementAccess>, ref: string, olds: ProjectState): Promise<void> {
  const deletion = deletionOf(call, ref, olds);
  if (deletion === "keep") {
    call.context.warn(
      `project ${ref} ("${olds.name}") is kept, and no longer managed: replaceProject does not name it.`,
    );
    return;
  }
  const api = apiOf(call);
  const began = Date.now();
  const timeoutMs = call.timeoutSeconds > 0 ? call.timeoutSeconds * 1000 : DELETE_WAIT_MS;
  const first = await api.getProject(ref);
  if (
    deletion === "delete without data" &&
    first &&
    first.status !== "INIT_FAILED" &&
    !LEAVING.includes(first.status)
  ) {
    throw new Error(`project ${ref} is recorded as INIT_FAILED, and is ${first.status} now: run refresh, then up`);
  }
  if (first && !LEAVING.includes(first.status)) await api.deleteProject(ref);
  noteDeleted(call);
  let pause = FIRST_POLL_MS;
  for (let live = first; live && live.status !== "REMOVED"; live = await api.getProject(ref)) {
    const elapsed = Date.now() - began;
    if (elapsed > timeoutMs) {
      throw new Error(`project ${ref} is still ${live.status} after ${timeoutMs / 1000} s; run destroy again to go on`);
    }
    call.context.progress(`project ${ref}: waiting until it is gone (${Math.round(elapsed / 1000)} s)`);
    await sleep(pause, undefined, { signal: call.context.signal });
    pause = Math.min(pause * 1.5, LONGEST_POLL_MS);
  }
}
