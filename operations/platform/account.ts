import { setTimeout as sleep } from "node:timers/promises";

/** A Management API and a token for it. */
export interface Platform {
  readonly endpoint: string;
  readonly token: string;
}

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
const TRIES = 4;
const GONE_TIMEOUT_MS = 120_000;

/** The account of SUPABASE_ACCESS_TOKEN; undefined where there is no token. */
export function hostedPlatform(env = process.env): Platform | undefined {
  const token = env.SUPABASE_ACCESS_TOKEN?.trim();
  if (!token) return undefined;
  return { token, endpoint: (env.SUPABASE_API_ENDPOINT || "https://api.supabase.com").replace(/\/+$/, "") };
}

/** Every project the token can see, those on their way out left aside. */
export async function listProjects(platform: Platform): Promise<ListedProject[]> {
  const answer = await callManagement(platform, { method: "GET", path: "/v1/projects" });
  const projects = (await answer.json()) as readonly ProjectBody[];
  return projects
    .filter(({ status }) => !LEAVING.includes(status))
    .map(({ id, ref, name, created_at }) => ({ ref: ref ?? id, name, createdAt: created_at }));
}

/** The branches of a project beside its default one. */
export async function listBranches(platform: Platform, parent: string): Promise<ListedBranch[]> {
  // Of a project that never had a branch, the platform may say that branching is off: then there is none.
  const path = `/v1/projects/${parent}/branches`;
  const answer = await callManagement(platform, { method: "GET", path, accepted: [400, 404, 422] });
  if (!answer.ok) return [];
  const branches = (await answer.json()) as readonly BranchBody[];
  return branches
    .filter((branch) => !branch.is_default)
    .map(({ id, project_ref, name, created_at }) => ({ ref: project_ref, branchId: id, name, createdAt: created_at }));
}

/** Deletes a project and waits until it is gone. @param options.again command that goes on where this gave up */
export async function removeProject(
  platform: Platform,
  project: ListedProject,
  options: { readonly again: string },
): Promise<void> {
  const path = `/v1/projects/${project.ref}`;
  await callManagement(platform, { method: "DELETE", path, accepted: [404] });
  await untilGone(platform, { path, what: `Project ${project.name} (${project.ref})`, ...options });
}

/** The same for a branch, persistent or not. */
export async function removeBranch(
  platform: Platform,
  branch: ListedBranch,
  options: { readonly again: string },
): Promise<void> {
  const path = `/v1/branches/${branch.branchId}`;
  // The platform refuses to delete a persistent branch, and gives others an hour of grace unless told otherwise.
  await callManagement(platform, { method: "PATCH", path, body: { persistent: false }, accepted: [404] });
  await callManagement(platform, { method: "DELETE", path: `${path}?force=true`, accepted: [404] });
  await untilGone(platform, { path, what: `Branch ${branch.name} (${branch.ref})`, ...options });
}

async function untilGone(
  platform: Platform,
  { path, what, again }: { readonly path: string; readonly what: string; readonly again: string },
): Promise<void> {
  for (const deadline = Date.now() + GONE_TIMEOUT_MS; Date.now() < deadline; await sleep(200)) {
    const answer = await callManagement(platform, { method: "GET", path, accepted: [404, 403] });
    if (!answer.ok) return;
    const body = (await answer.json()) as ProjectBody;
    if (body.status === "REMOVED") return;
  }
  throw new Error(`${what} was deleted and is still listed after 120 s. Run: ${again}`);
}

/** One call that may be repeated: what passes by itself is tried up to four times. */
export async function callManagement(
  platform: Platform,
  call: {
    readonly method: "GET" | "PATCH" | "DELETE";
    readonly path: string;
    readonly body?: object;
    readonly accepted?: readonly number[];
  },
): Promise<Response> {
  const { method, path, body, accepted = [] } = call;
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`${platform.endpoint}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${platform.token}`,
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(30_000),
    }).catch((error: Error) => error);
    if (!(answer instanceof Error) && (answer.ok || accepted.includes(answer.status))) return answer;
    const passing = answer instanceof Error || answer.status === 429 || answer.status >= 500;
    if (passing && tries < TRIES) {
      const wait = answer instanceof Error ? undefined : Number(answer.headers.get("retry-after"));
      await sleep(wait ? wait * 1000 : 300 * 2 ** tries);
      continue;
    }
    const what =
      answer instanceof Error ? answer.message : `HTTP ${answer.status} ${(await answer.text()).slice(0, 300)}`;
    throw new Error(
      `${method} ${path} of the Management API failed: ${what}. Check SUPABASE_ACCESS_TOKEN and try again.`,
    );
  }
}
