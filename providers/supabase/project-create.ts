import { setTimeout as sleep } from "node:timers/promises";
import { type Call, CreatedNotReady } from "../host/kind.ts";
import type { ManagementAccess } from "../management/access.ts";
import { ApiError } from "../management/error.ts";
import { directConnection, poolerConnections } from "./connections.ts";
import { LEAVING, type ProjectBody, TERMINAL } from "./contract.ts";
import { type ProjectInputs, waitMilliseconds } from "./declarations/project.ts";
import { provePassword } from "./login.ts";
import type { ManagementApi } from "./management-api.ts";
import { projectMarks, projectObject } from "./ownership/project-marks.ts";
import { noteMade, requireSameProject } from "./ownership/project-permission.ts";
import { pauseProject } from "./project-pause.ts";
import { completeState, type ProjectState, projectState } from "./project-state.ts";
import { NotReady, waitUntilActive, waitUntilReady } from "./readiness.ts";

interface Creation {
  api: ManagementApi;
  call: Call<ManagementAccess>;
  inputs: ProjectInputs;
}

/** How long a project may take to be listed after a request whose answer was lost. */
const LOOK_AGAIN_MS = 10_000;
const LOOK_PAUSE_MS = 500;
/** What could not be set up would be replaced if it were recorded. */
const NOT_KNOWN_TO_BE_OURS =
  "it could not be set up and has no data, but nothing shows that this stack made it: delete it in the dashboard, then run up again";
/** Only a refresh tells a create by force what was recorded. */
const OWN_PASSWORD =
  " Is it this stack's own, replaced by force (--replace, taint) together with its password? Then run up with --refresh.";
/** Of the password of a project that may be somebody else's. */
const REFUSALS_BEFORE_TAKEN = 2;

/**
 * Creates a project, or adopts the one that an earlier, interrupted create left behind: same name, organization and
 * region, and a database that accepts the password. Waits until it is ready; once the project is known to be ours,
 * every failure hands over its ref for the record, so that no second one is made.
 */
export async function createProject(creation: Creation): Promise<{ id: string; state: ProjectState }> {
  requireSameProject(creation.call, creation.inputs);
  const existing = await findByName(creation);
  if (existing) return adopt(creation, existing, { wasThere: true });
  let ref: string;
  try {
    ref = (await creation.api.createProject(request(creation.inputs))).ref;
  } catch (error) {
    const made = isAnswerLost(error) ? await lookAgain(creation) : undefined;
    if (!made) throw error;
    return adopt(creation, made, { wasThere: false });
  }
  return { id: ref, state: await finish(creation, ref) };
}

/** Waits for a project that is ours, and reads its outputs. */
async function finish(creation: Creation, ref: string): Promise<ProjectState> {
  const { api, call, inputs } = creation;
  let last: ProjectBody | undefined;
  let owner: string | undefined;
  noteMade(call);
  try {
    const ready = await waitUntilReady({ ...waitOf(creation), ref });
    last = ready.project;
    const found = projectState(ready.project, ready.poolers, inputs);
    owner = call.mark;
    // Before it may be paused: the mark is in its database.
    if (owner !== undefined) await projectMarks.write(call, found, new Map([[projectObject(ref), owner]]));
    await setLegacyKeys(api, ref, inputs);
    const state = { ...(await completeState(api, found)), owner };
    if (!inputs.paused) return state;
    last = await pauseProject({ ...waitOf(creation), ref });
    return { ...state, paused: true, status: last.status };
  } catch (error) {
    if (error instanceof NotReady) last = error.last;
    const state = last ? projectState(last, [], inputs) : { ...inputs, ref, status: "UNKNOWN" };
    const message = call.context.signal.aborted
      ? `project ${ref} was created and recorded; waiting for it was cancelled. Run up again to go on.`
      : messageOf(error);
    throw new CreatedNotReady({ id: ref, state: { ...state, owner }, message });
  }
}

/** @param options.wasThere false where it appeared with our own request, whose answer was lost */
async function adopt(
  creation: Creation,
  found: ProjectBody,
  { wasThere }: { readonly wasThere: boolean },
): Promise<{ id: string; state: ProjectState }> {
  const { api, call, inputs } = creation;
  const { ref, status } = found;
  const cure = status === "INIT_FAILED" ? NOT_KNOWN_TO_BE_OURS : TERMINAL[status];
  if (cure && wasThere)
    throw new Error(`project "${inputs.name}" exists already as ${ref}, and is ${status}: ${cure}.`);
  call.context.progress(`project "${found.name}" exists as ${ref}: trying the password on its database`);
  try {
    await setPasswordOfReplaced(creation, ref);
    await waitUntilReady({ ...waitOf(creation), ref, refusals: REFUSALS_BEFORE_TAKEN });
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    const { last = found, message } = error;
    // Without a database no password is proven, and no data is lost: what our request made is ours to replace.
    if (last.status === "INIT_FAILED" && !wasThere) {
      throw new CreatedNotReady({ id: ref, state: projectState(last, [], inputs), message });
    }
    if (error.reason === "password refused") throw nameTaken(inputs, found, message, call.replaced ? "" : OWN_PASSWORD);
    // Nothing has proven yet that the project is ours: it must not be recorded, or destroy would delete it.
    const next =
      error.reason === "terminal" ? "" : " It is not recorded yet, as its database has not accepted the password.";
    throw new Error(`project "${inputs.name}" exists already: ${message}${next}`);
  }
  const live = await api.getInstanceSize(ref);
  if (inputs.instanceSize && live !== inputs.instanceSize) {
    await api.setInstanceSize(ref, { from: live, to: inputs.instanceSize });
  }
  call.context.warn(`project "${found.name}" existed as ${ref}, with this password: it was adopted, not created`);
  return { id: ref, state: await finish(creation, ref) };
}

/**
 * A replacement by force may come with another password, a generated one that is replaced in the same run for one. The
 * recorded password of the replaced half, which still opens the database, proves that the project is ours.
 */
async function setPasswordOfReplaced(creation: Creation, ref: string): Promise<void> {
  const { api, call, inputs } = creation;
  const recorded = call.replaced?.databasePassword;
  if (typeof recorded !== "string" || recorded === inputs.databasePassword) return;
  const { project, poolers } = await waitUntilActive({ ...waitOf(creation), ref });
  const session = poolerConnections(poolers)?.session;
  const connections = [directConnection(project), ...(session ? [session] : [])];
  const { answer } = await provePassword(connections, recorded);
  if (answer === "accepted") await api.setDatabasePassword(ref, inputs.databasePassword);
}

/** The project that holds the wanted name in the wanted organization. Names are compared as the platform does. */
async function findByName({ api, inputs }: Creation): Promise<ProjectBody | undefined> {
  const same = (await api.listProjects()).filter(
    (project) =>
      project.name === inputs.name &&
      [project.organization_slug, project.organization_id].includes(inputs.organizationId) &&
      !LEAVING.includes(project.status),
  );
  const [first] = same;
  if (!first) return undefined;
  const [match, second] = same.filter((project) => project.region === inputs.region);
  if (!match) throw nameTaken(inputs, first, `it is in region ${first.region}, not ${inputs.region}`);
  if (second) throw nameTaken(inputs, match, `and by ${second.ref} too`);
  return match;
}

async function lookAgain(creation: Creation): Promise<ProjectBody | undefined> {
  creation.call.context.progress("the answer to the creation was lost: looking whether the project is there");
  for (const end = Date.now() + LOOK_AGAIN_MS; Date.now() < end; ) {
    const found = await findByName(creation);
    if (found) return found;
    await sleep(LOOK_PAUSE_MS, undefined, { signal: creation.call.context.signal });
  }
  return undefined;
}

/** Failures after which the platform may have made the project all the same. */
function isAnswerLost(error: unknown): boolean {
  return error instanceof ApiError && (error.status < 300 || error.status === 408 || error.status >= 500);
}

/** Switches the legacy keys on or off where that is asked for and not so yet. */
export async function setLegacyKeys(api: ManagementApi, ref: string, inputs: ProjectInputs): Promise<void> {
  const wanted = inputs.legacyApiKeysEnabled;
  if (wanted === undefined || (await api.getLegacyApiKeysEnabled(ref)) === wanted) return;
  await api.setLegacyApiKeysEnabled(ref, wanted);
}

function request(inputs: ProjectInputs) {
  const { name, organizationId, region, databasePassword, instanceSize } = inputs;
  return { name, organizationSlug: organizationId, region, databasePassword, instanceSize };
}

function waitOf({ api, call, inputs }: Creation) {
  const { context, timeoutSeconds } = call;
  const timeoutMs = waitMilliseconds({
    customSeconds: timeoutSeconds,
    timeouts: inputs.timeouts,
    operation: "create",
  });
  return { api, context, password: inputs.databasePassword, timeoutMs };
}

function nameTaken(inputs: ProjectInputs, holder: ProjectBody, why: string, more = ""): Error {
  return new Error(
    `the name "${inputs.name}" is taken in organization ${inputs.organizationId} by project ${holder.ref}: ${why}. ` +
      `Choose another name, or adopt that project: import it by its ref (${holder.ref}) with the password its database has.${more}`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
