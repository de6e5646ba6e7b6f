import { checkWith } from "../host/check.ts";
import { compare } from "../host/compare.ts";
import { declared } from "../host/declaration.ts";
import { type Call, type Change, CreatedNotReady, type Kind, kind } from "../host/kind.ts";
import { owned } from "../host/ownership.ts";
import type { ManagementAccess } from "../management/access.ts";
import { apiOf } from "./api-of.ts";
import { type BranchState, branchState, completeBranch, findBranch } from "./branch-state.ts";
import { lookAtBranch, waitForBranch, waitUntilBranchGone } from "./branch-wait.ts";
import { LEAVING } from "./contract.ts";
import { type BranchInputs, branchDeclaration, branchInputs } from "./declarations/branch.ts";
import type { ManagementApi } from "./management-api.ts";
import { markedInProject } from "./ownership/marks.ts";

/** Outputs that only a branch that is up has. */
const ADDRESSES = ["apiUrl", "directConnection", "sessionPooler", "transactionPooler", "anonKey", "serviceRoleKey"];

/** A branch of a project: a project of its own that a pull request works on. */
export const branchLifecycle: Kind<BranchInputs, BranchState, ManagementAccess> = {
  ...declared(branchDeclaration),
  check: (news, unknowns) => checkWith(branchInputs, news, unknowns),
  diff: differences,
  unsettled: ({ database }) => (database?.status === "ACTIVE_HEALTHY" ? [] : ["database", "status", ...ADDRESSES]),
  create,
  read: readBranch,
  async update(call, id, _, news) {
    const api = apiOf(call);
    const { gitBranch, name = gitBranch, persistent } = news;
    const body = { branch_name: name, git_branch: gitBranch, ...(persistent === undefined ? {} : { persistent }) };
    await api.updateBranch(id, body);
    return finish({ api, call, id, inputs: news });
  },
  async delete(call, id, olds) {
    const api = apiOf(call);
    const live = await api.getBranch(id);
    if (!live) return;
    if (!LEAVING.includes(live.status)) {
      const branch = await findBranch(api, olds.parentProjectRef, (one) => one.id === id);
      // The platform refuses to delete a persistent branch.
      if (branch?.persistent) await api.updateBranch(id, { persistent: false });
      await api.deleteBranch(id);
    }
    await waitUntilBranchGone({ api, call, id });
  },
};

export const branchKind = kind(
  owned(
    branchLifecycle,
    markedInProject({
      objects: (id) => [`branch ${id}`],
      ref: ({ projectRef: ref }) => ref,
      isDown: ({ database }) => database?.status !== "ACTIVE_HEALTHY",
      outlives: false,
    }),
  ),
);

function differences(olds: BranchState, news: BranchInputs): Change[] {
  const set = (["region", "withData", "instanceSize"] as const).filter((name) => news[name] !== undefined);
  const wanted = { ...news, name: news.name ?? news.gitBranch };
  const changes = compare(
    { ...olds, region: olds.region ?? news.region, instanceSize: olds.instanceSize ?? news.instanceSize },
    wanted,
    {
      replace: ["parentProjectRef", ...set],
      update: ["gitBranch", "name", "expiresAt", ...(news.persistent === undefined ? [] : ["persistent"])],
    },
  );
  if (olds.database?.status === "ACTIVE_HEALTHY") return changes;
  return [...changes, { property: "database", kind: "update", replace: olds.database?.status === "INIT_FAILED" }];
}

async function create(call: Call<ManagementAccess>, inputs: BranchInputs): Promise<{ id: string; state: BranchState }> {
  const api = apiOf(call);
  const { parentProjectRef, gitBranch, name = gitBranch, expiresAt } = inputs;
  if (isPast(expiresAt)) {
    throw new Error(
      `branch "${name}" of project ${parentProjectRef} expired at ${expiresAt} and is not created: take it out of the ` +
        "program, or set a later expiresAt",
    );
  }
  // Names are unique within a project: what an interrupted create left behind is taken over.
  const existing = await findBranch(api, parentProjectRef, (branch) => branch.name === name);
  if (existing) {
    if (existing.git_branch !== undefined && existing.git_branch !== gitBranch) {
      throw new Error(
        `the name "${name}" is taken in project ${parentProjectRef} by branch ${existing.id} of git branch ` +
          `${existing.git_branch}: choose another name, or import that branch.`,
      );
    }
    call.context.warn(`branch "${name}" existed as ${existing.id}: it was adopted, not created`);
  }
  const id = existing?.id ?? (await api.createBranch(parentProjectRef, body(inputs))).id;
  return { id, state: await finish({ api, call, id, inputs }) };
}

function body(inputs: BranchInputs) {
  const { gitBranch, name = gitBranch, region, persistent, withData, instanceSize } = inputs;
  const all = { region, persistent, with_data: withData, desired_instance_size: instanceSize };
  const set = Object.entries(all).filter(([, value]) => value !== undefined);
  return { branch_name: name, git_branch: gitBranch, ...Object.fromEntries(set) };
}

/** Waits for a branch that is ours; a failure hands over its id, so that no second one is made. */
async function finish(given: {
  api: ManagementApi;
  call: Call<ManagementAccess>;
  id: string;
  inputs: BranchInputs;
}): Promise<BranchState> {
  const { api, call, id, inputs } = given;
  try {
    const detail = await waitForBranch({ api, call, id });
    const branch = await findBranch(api, inputs.parentProjectRef, (one) => one.id === id);
    if (!branch) throw new Error(`branch ${id} is gone: it was deleted while it was waited for. Run refresh, then up.`);
    return await completeBranch(api, branchState(branch, detail, inputs));
  } catch (error) {
    const message = call.context.signal.aborted
      ? `branch ${id} was created and recorded; waiting for it was cancelled. Run up again to go on.`
      : error instanceof Error
        ? error.message
        : String(error);
    throw new CreatedNotReady({ id, state: { ...inputs, name: inputs.name ?? inputs.gitBranch }, message });
  }
}

function isPast(time: string | undefined): boolean {
  return time !== undefined && Date.parse(time) < Date.now();
}

async function readBranch(
  call: Call<ManagementAccess>,
  given: string,
  recorded: BranchState | undefined,
  recordedInputs: Partial<BranchInputs> = {},
) {
  const api = apiOf(call);
  const [first = "", second] = given.split("/");
  const parent = recorded?.parentProjectRef ?? (second === undefined ? undefined : first);
  if (parent === undefined) throw new Error(`"${given}": import a branch as PARENT_PROJECT_REF/BRANCH_ID`);
  const id = second ?? first;
  const detail = await api.getBranch(id);
  if (!detail || LEAVING.includes(detail.status)) return undefined;
  const branch = await findBranch(api, parent, (one) => one.id === id);
  if (!branch) return undefined;
  const state = await completeBranch(api, branchState(branch, detail, { ...recorded, ...recordedInputs }));
  // A create that was cut short has proven nothing yet, and the platform's status runs ahead of the database.
  const cutShort = recorded !== undefined && recorded.database?.status !== "ACTIVE_HEALTHY";
  if (cutShort && !(await lookAtBranch(api, id)).ready) state.database.status = "UNKNOWN";
  if (isPast(state.expiresAt)) {
    call.context.warn(`branch "${state.name}" expired at ${state.expiresAt}: destroy it, or set a later expiresAt`);
  }
  const { parentProjectRef, gitBranch, name, persistent } = state;
  return { id, state, ...(recorded ? {} : { inputs: { parentProjectRef, gitBranch, name, persistent } }) };
}
