import { setTimeout as sleep } from "node:timers/promises";

/** How the API of GitHub is reached: what a workflow's environment says. */
export interface GitHubAccess {
  /** Base URL, as in GITHUB_API_URL. */
  readonly apiUrl: string;
  /** owner/name, as in GITHUB_REPOSITORY. */
  readonly repository: string;
  readonly token: string;
  /** Milliseconds a call waits in all for GitHub to be ready again. Default three minutes. */
  readonly retryForMs?: number | undefined;
}

/** GitHub refused a call, or did not answer it. */
export class GitHubError extends Error {
  override readonly name = "GitHubError";
  /** HTTP status; 0 where no answer came. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const PAGE = 100;
const TRIES = 4;
const RETRY_FOR_MS = 3 * 60_000;
/** What GitHub asks for where it limits calls and does not say how long (docs: "Rate limits for the REST API"). */
const LIMIT_PAUSE_MS = 60_000;

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

/** Name of the user whose token this is; undefined for a workflow's own token, which GitHub answers with 403. */
export async function loginOfToken(access: GitHubAccess): Promise<string | undefined> {
  const request = { method: "GET", url: `${access.apiUrl}/user`, path: "/user", permission: "none" };
  const me = await send<{ login?: string }>(access, request).catch((error: unknown) => {
    if (error instanceof GitHubError && [401, 403, 404].includes(error.status)) return undefined;
    throw error;
  });
  return me?.login;
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

/** One call below the repository's address, repeated where that is safe. @throws GitHubError saying what was answered */
export function call<T>(
  access: GitHubAccess,
  request: { method: string; path: string; body?: object; permission: string },
): Promise<T> {
  return send(access, { ...request, url: `${access.apiUrl}/repos/${access.repository}${request.path}` });
}

interface Request {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly body?: object;
  readonly permission: string;
}

async function send<T>(access: GitHubAccess, request: Request): Promise<T> {
  const deadline = Date.now() + (access.retryForMs ?? RETRY_FOR_MS);
  for (let tries = 1; ; tries++) {
    const answer = await ask(access, request);
    if (!(answer instanceof Error) && answer.ok) return (await answer.json()) as T;
    const text = answer instanceof Error ? answer.message : await answer.text();
    const limitedMs = answer instanceof Error ? undefined : limitPause(answer, text);
    // A comment whose answer was lost may exist: POST is repeated only where GitHub said that it did nothing.
    const failed = answer instanceof Error || answer.status >= 500;
    const passing = limitedMs !== undefined || (request.method !== "POST" && failed);
    const pauseMs = limitedMs ?? 250 * 2 ** tries;
    if (!passing || tries === TRIES || Date.now() + pauseMs > deadline)
      throw failure(request, { answer, text, limitedMs });
    await sleep(pauseMs);
  }
}

function ask({ token }: GitHubAccess, { method, url, body }: Request): Promise<Response | Error> {
  return fetch(url, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
      "user-agent": "tailfire-environments",
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(30_000),
  }).catch((error: Error) => error);
}

/** Milliseconds until GitHub takes calls again; undefined where it does not limit them. A limit may come as 403. */
function limitPause({ status, headers }: Response, text: string): number | undefined {
  const after = Number(headers.get("retry-after") ?? Number.NaN);
  if (after > 0) return after * 1000;
  if (status !== 403 && status !== 429) return undefined;
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  if (headers.get("x-ratelimit-remaining") === "0" && reset > 0) return Math.max(1000, reset * 1000 - Date.now());
  return status === 429 || /rate limit/i.test(text) ? LIMIT_PAUSE_MS : undefined;
}

function failure(
  { method, path, permission }: Request,
  { answer, text, limitedMs }: { answer: Response | Error; text: string; limitedMs: number | undefined },
): GitHubError {
  const what = `${method} ${path} on GitHub failed`;
  if (answer instanceof Error) return new GitHubError(`${what}: ${text}. Run the job again.`, 0);
  const { status, headers } = answer;
  const next =
    limitedMs === undefined
      ? nextStep(status, text, permission)
      : `GitHub limits the calls of this token: run the job again in ${Math.ceil(limitedMs / 1000)} s.`;
  const request = headers.get("x-github-request-id") ?? "unknown";
  return new GitHubError(`${what}: HTTP ${status} (request ${request}): ${text.slice(0, 300)}. ${next}`, status);
}

function nextStep(status: number, text: string, permission: string): string {
  if (status === 403 && /\block(ed)?\b/i.test(text))
    return "The conversation is locked: no one can comment until it is unlocked.";
  if (status === 410) return "It was deleted on GitHub: there is nothing to write to.";
  if (status === 404)
    return `Either there is nothing of that number, or the job's token needs the permission ${permission}.`;
  if (status === 401 || status === 403) return `The job's token needs the permission ${permission}.`;
  return "Run the job again.";
}
