import { createServer, type IncomingMessage } from "node:http";

/** An issue as the stand-in keeps it. */
export interface StandInIssue {
  readonly number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  state_reason: string | null;
  labels: { name: string }[];
  user: { login: string; type: string };
  pull_request?: object;
}

/** A stand-in for the part of GitHub's API that comments and issues need, refusing what the real one refuses. */
export interface GitHubStandIn {
  readonly apiUrl: string;
  readonly repository: string;
  readonly token: string;
  readonly comments: { id: number; issue: number; body: string; user: { login: string; type: string } }[];
  readonly open: number[];
  readonly issues: StandInIssue[];
  /** Method and path of every request. */
  readonly requests: string[];
  /** Answers the next requests with these first; 0 lets one through. `lost` does what was asked, and its answer is lost. */
  readonly faults: (number | Fault)[];
  stop(): Promise<void>;
}

/** What a request is answered with instead of its result. */
interface Fault {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
  readonly lost?: boolean;
}

const LIMIT = 65_536;
const bot = { login: "github-actions[bot]", type: "Bot" } as const;

export async function startGitHub(
  options: { permission?: "write" | "read"; user?: string; repository?: string } = {},
): Promise<GitHubStandIn> {
  const state = { comments: [], open: [], issues: [], requests: [], faults: [] } as Pick<
    GitHubStandIn,
    "comments" | "open" | "issues" | "requests" | "faults"
  >;
  const token = "ghs_standInToken0123456789";
  // The token of a workflow belongs to a bot, and one of a machine user to that.
  const author = options.user ? { login: options.user, type: "User" } : bot;
  const { repository = "acme/app" } = options;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://stand-in");
    state.requests.push(`${request.method} ${url.pathname}${url.search}`);
    const send = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { "content-type": "application/json", "x-github-request-id": "REQ:1", ...headers });
      response.end(JSON.stringify(body));
    };
    const given = state.faults.shift();
    const fault: Fault = typeof given === "object" ? given : { status: given ?? 0 };
    const fail = () => send(fault.status, { message: fault.message ?? "try later" }, fault.headers);
    if (fault.status !== 0 && !fault.lost) return fail();
    const answer = (status: number, body: unknown): void => (fault.lost ? fail() : send(status, body));
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { message: "Bad credentials" });
    if (!request.headers["user-agent"]) return answer(403, { message: "User-Agent required" });
    if (url.pathname === "/user") {
      if (!options.user) return answer(403, { message: "Resource not accessible by integration" });
      return answer(200, author);
    }
    const prefix = `/repos/${repository}`;
    if (!url.pathname.startsWith(prefix)) return answer(404, { message: "Not Found" });
    const path = url.pathname.slice(prefix.length);
    const perPage = Math.min(Number(url.searchParams.get("per_page") ?? 30), 100);
    const page = Number(url.searchParams.get("page") ?? 1);
    const slice = <T>(all: T[]): T[] => all.slice((page - 1) * perPage, page * perPage);
    if (request.method === "GET" && path === "/pulls")
      return answer(200, slice(state.open.map((number) => ({ number, state: "open" }))));
    const list = /^\/issues\/(\d+)\/comments$/.exec(path);
    if (request.method === "GET" && list)
      return answer(200, slice(state.comments.filter(({ issue }) => issue === Number(list[1]))));
    if (request.method === "GET" && path === "/issues")
      return answer(200, slice(listed(state.issues, url.searchParams)));
    if (options.permission === "read") return answer(403, { message: "Resource not accessible by integration" });
    const sent = await bodyOf(request);
    const { body = "" } = sent;
    if (body.length > LIMIT) return answer(422, { message: "Validation Failed: body is too long" });
    const one = /^\/issues\/(\d+)$/.exec(path);
    if (request.method === "PATCH" && one) {
      const issue = state.issues.find(({ number }) => number === Number(one[1]));
      if (!issue) return answer(404, { message: "Not Found" });
      if (sent.state === "open") issue.state_reason = "reopened";
      return answer(200, Object.assign(issue, sent));
    }
    if (request.method === "POST" && path === "/issues") {
      const made: StandInIssue = {
        number: 1 + state.issues.length,
        title: sent.title ?? "",
        body,
        state: "open",
        state_reason: null,
        labels: (sent.labels ?? []).map((name) => ({ name })),
        user: author,
      };
      if (made.title === "") return answer(422, { message: "Validation Failed: title is missing" });
      state.issues.push(made);
      return answer(201, made);
    }
    const edit = /^\/issues\/comments\/(\d+)$/.exec(path);
    if (request.method === "PATCH" && edit) {
      const comment = state.comments.find(({ id }) => id === Number(edit[1]));
      if (!comment) return answer(404, { message: "Not Found" });
      comment.body = body;
      return answer(200, comment);
    }
    if (request.method === "POST" && list) {
      const comment = { id: 1000 + state.comments.length, issue: Number(list[1]), body, user: author };
      state.comments.push(comment);
      return answer(201, comment);
    }
    return answer(404, { message: "Not Found" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the stand-in has no port");
  return {
    ...state,
    apiUrl: `http://127.0.0.1:${address.port}`,
    repository,
    token,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The newest first, as GitHub lists them. */
function listed(issues: readonly StandInIssue[], query: URLSearchParams): StandInIssue[] {
  const labels = query.get("labels")?.split(",") ?? [];
  const state = query.get("state") ?? "open";
  return [...issues]
    .reverse()
    .filter((issue) => state === "all" || issue.state === state)
    .filter((issue) => labels.every((label) => issue.labels.some(({ name }) => name === label)));
}

interface Sent {
  readonly title?: string;
  readonly body?: string;
  readonly state?: "open" | "closed";
  readonly state_reason?: string;
  readonly labels?: string[];
}

async function bodyOf(request: IncomingMessage): Promise<Sent> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text);
}
