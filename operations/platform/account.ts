import { setTimeout as sleep } from "node:timers/promises";
import { HOSTED_ENDPOINT, type Management } from "../../providers/management/access.ts";
import { ask, bodyOf, failureOf, type LastAnswer, succeeded } from "../../providers/management/ask.ts";

/** A project as a list of the API has it. */
export interface ListedProject {
  readonly ref: string;
  readonly name: string;
  readonly createdAt: string;
}

/** A branch of a project; `ref` is that of the project it is. */
export interface ListedBranch extends ListedProject {
  readonly branchId: string;
}

interface ProjectBody {
  readonly id: string;
  readonly ref?: string;
  readonly name: string;
  readonly status: string;
  readonly created_at: string;
}

interface BranchBody {
  readonly id: string;
  readonly project_ref: string;
  readonly name: string;
  readonly is_default: boolean;
  readonly created_at: string;
}

const LEAVING = ["GOING_DOWN", "REMOVED"];
const TRY_MS = 30_000;
const TRIES = 4;
const FIRST_PAUSE_MS = 600;
const GONE_TIMEOUT_MS = 120_000;

/** The account of SUPABASE_ACCESS_TOKEN; undefined where there is no token. */
export function hostedPlatform(env = process.env): Management | undefined {
  const token = env.SUPABASE_ACCESS_TOKEN?.trim();
  if (!token) return undefined;
  return { token, endpoint: (env.SUPABASE_API_ENDPOINT || HOSTED_ENDPOINT).replace(/\/+$/, "") };
}

/** Every project the token can see, those on their way out left aside. */
export async function listProjects(platform: Management): Promise<ListedProject[]> {
  const answer = await callManagement(platform, { method: "GET", path: "/v1/projects" });
  const projects = bodyOf(answer) as readonly ProjectBody[];
  return projects
    .filter(({ status }) => !LEAVING.includes(status))
    .map(({ id, ref, name, created_at }) => ({ ref: ref ?? id, name, createdAt: created_at }));
}

/** The branches of a project besides its default one. */
export async function listBranches(platform: Management, parent: string): Promise<ListedBranch[]> {
  // Of a project that never had a branch, the platform may say that branching is off: then there is none.
  const path = `/v1/projects/${parent}/branches`;
  const answer = await callManagement(platform, { method: "GET", path, accepted: [400, 404, 422] });
  if (!succeeded(answer)) return [];
  const branches = bodyOf(answer) as readonly BranchBody[];
  return branches
    .filter((branch) => !branch.is_default)
    .map(({ id, project_ref, name, created_at }) => ({ ref: project_ref, branchId: id, name, createdAt: created_at }));
}

/** Deletes a project and waits until it is gone. @param options.again command that goes on where this gave up */
export async function removeProject(
  platform: Management,
  project: ListedProject,
  options: { readonly again: string },
): Promise<void> {
  const path = `/v1/projects/${project.ref}`;
  await callManagement(platform, { method: "DELETE", path, accepted: [404] });
  await untilGone(platform, { path, what: `Project ${project.name} (${project.ref})`, ...options });
}

/** The same for a branch, persistent or not. */
export async function removeBranch(
  platform: Management,
  branch: ListedBranch,
  options: { readonly again: string },
): Promise<void> {
  const path = `/v1/branches/${branch.branchId}`;
  // The platform refuses to delete a persistent branch, and gives others an hour of grace unless told otherwise.
  await callManagement(platform, { method: "PATCH", path, body: { persistent: false }, accepted: [404] });
  await callManagement(platform, { method: "DELETE", path: `${path}?force=true`, accepted: [404] });
  await untilGone(platform, { path, what: `Branch ${branch.name} (${branch.ref})`, ...options });
}

/** Gives a project another name. */
export async function renameProject(platform: Management, ref: string, name: string): Promise<void> {
  await callManagement(platform, { method: "PATCH", path: `/v1/projects/${ref}`, body: { name } });
}

/** Gives a branch another name, and the Git branch it is said to stand for. */
export async function renameBranch(platform: Management, branchId: string, name: string): Promise<void> {
  const body = { branch_name: name, git_branch: name };
  await callManagement(platform, { method: "PATCH", path: `/v1/branches/${branchId}`, body });
}

async function untilGone(
  platform: Management,
  { path, what, again }: { readonly path: string; readonly what: string; readonly again: string },
): Promise<void> {
  for (const deadline = Date.now() + GONE_TIMEOUT_MS; Date.now() < deadline; await sleep(200)) {
    const answer = await callManagement(platform, { method: "GET", path, accepted: [404, 403] });
    if (!succeeded(answer)) return;
    const body = bodyOf(answer) as ProjectBody;
    if (body.status === "REMOVED") return;
  }
  throw new Error(`${what} was deleted and is still listed after 120 s. Run: ${again}`);
}

/**
 * One call that may be repeated: what passes by itself is tried up to four times.
 * @param call.accepted statuses that are an answer, too
 * @throws ApiError for every other failure
 */
export async function callManagement(
  platform: Management,
  call: {
    readonly method: "GET" | "PATCH" | "DELETE";
    readonly path: string;
    readonly body?: Readonly<Record<string, unknown>>;
    readonly accepted?: readonly number[];
  },
): Promise<LastAnswer> {
  const { accepted = [], ...request } = call;
  const answer = await ask(
    platform,
    { ...request, timeoutMs: TRY_MS },
    {
      tries: TRIES,
      after: (status) => (status === 0 || status === 429 || status >= 500) && !accepted.includes(status),
      pauseMs: (tried) => FIRST_PAUSE_MS * 2 ** (tried - 1),
    },
  );
  if (succeeded(answer) || accepted.includes(answer.status)) return answer;
  throw failureOf(answer);
}
