import { setTimeout as sleep } from "node:timers/promises";

/** How the API of GitHub is reached: what a workflow's environment says. */
export interface GitHubAccess {
  /** Base URL, as in GITHUB_API_URL. */
  readonly apiUrl: string;
  /** owner/name, as in GITHUB_REPOSITORY. */
  readonly repository: string;
  readonly token: string;
}

/** What the comment of a preview begins with: it is found again by it. */
export const previewMarker = "<!-- tailfire-preview -->";

/** What a call needs the job's token to be allowed, for the words of an error. */
const COMMENTS = "pull-requests: write";

interface Comment {
  readonly id: number;
  readonly body?: string | null;
  readonly user?: { readonly login?: string; readonly type?: string } | null;
}

const PAGE = 100;
const TRIES = 4;

/** Reads the access from the environment; undefined where part of it is missing. */
export function gitHubAccess(env: NodeJS.ProcessEnv = process.env): GitHubAccess | undefined {
  const { GITHUB_API_URL: apiUrl, GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token } = env;
  return apiUrl && repository && token ? { apiUrl: apiUrl.replace(/\/+$/, ""), repository, token } : undefined;
}

/** Address of the workflow's run; undefined outside of one. */
export function runUrl(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}

/** Writes the one comment of a pull request: edits it in place where there is one. @returns its id */
export async function writeComment(access: GitHubAccess, number: number, body: string): Promise<number> {
  const comments = await pages<Comment>(access, `/issues/${number}/comments`, COMMENTS);
  // A person may quote the marker; only what a bot wrote is ours to edit.
  const own = comments.find((comment) => comment.body?.startsWith(previewMarker) && comment.user?.type === "Bot");
  const made: Comment = own
    ? await call(access, { method: "PATCH", path: `/issues/comments/${own.id}`, body: { body }, permission: COMMENTS })
    : await call(access, { method: "POST", path: `/issues/${number}/comments`, body: { body }, permission: COMMENTS });
  return made.id;
}

/** Numbers of the open pull requests. */
export async function openPullRequests(access: GitHubAccess): Promise<ReadonlySet<number>> {
  const open = await pages<{ number: number }>(access, "/pulls?state=open", "pull-requests: read");
  return new Set(open.map(({ number }) => number));
}

/** Every entry of a list of the repository. `permission` is what the job's token needs. */
export async function pages<T>(access: GitHubAccess, path: string, permission: string): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; ; page++) {
    const separator = path.includes("?") ? "&" : "?";
    const paged = `${path}${separator}per_page=${PAGE}&page=${page}`;
    const found: T[] = await call(access, { method: "GET", path: paged, permission });
    all.push(...found);
    if (found.length < PAGE) return all;
  }
}

/** One call below the repository's address, repeated where that is safe. @throws Error saying what was answered */
export async function call<T>(
  access: GitHubAccess,
  request: { method: string; path: string; body?: object; permission: string },
): Promise<T> {
  const { method, path, body } = request;
  const url = `${access.apiUrl}/repos/${access.repository}${path}`;
  for (let tries = 1; ; tries++) {
    const answer = await fetch(url, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${access.token}`,
        "x-github-api-version": "2022-11-28",
        "user-agent": "tailfire-environments",
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(30_000),
    }).catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.ok) return (await answer.json()) as T;
    // A comment whose answer was lost may exist: POST is repeated only where GitHub said that it did nothing.
    const limited = !(answer instanceof Error) && (answer.status === 429 || answer.headers.get("retry-after") !== null);
    const passing = limited || (method !== "POST" && (answer instanceof Error || answer.status >= 500));
    if (passing && tries < TRIES) {
      const after = answer instanceof Error ? 0 : Number(answer.headers.get("retry-after") ?? 0);
      await sleep(after > 0 ? after * 1000 : 250 * 2 ** tries);
      continue;
    }
    throw await failure(request, answer);
  }
}

async function failure(
  { method, path, permission }: { method: string; path: string; permission: string },
  answer: Response | Error,
): Promise<Error> {
  const what = `${method} ${path} on GitHub failed`;
  if (answer instanceof Error) return new Error(`${what}: ${answer.message}. Run the job again.`);
  const text = (await answer.text()).slice(0, 300);
  const next = [401, 403, 404].includes(answer.status)
    ? `The job's token needs the permission ${permission}.`
    : "Run the job again.";
  return new Error(
    `${what}: HTTP ${answer.status} (request ${answer.headers.get("x-github-request-id") ?? "unknown"}): ${text}. ${next}`,
  );
}
