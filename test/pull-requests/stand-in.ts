import { createServer, type IncomingMessage } from "node:http";

/** A stand-in for the part of GitHub's API that a comment needs, refusing what the real one refuses. */
export interface GitHubStandIn {
  readonly apiUrl: string;
  readonly repository: string;
  readonly token: string;
  readonly comments: { id: number; issue: number; body: string; user: { login: string; type: string } }[];
  readonly open: number[];
  /** Method and path of every request. */
  readonly requests: string[];
  /** Answers the next requests with these codes first. */
  readonly faults: number[];
  stop(): Promise<void>;
}

const LIMIT = 65_536;

export async function startGitHub(options: { permission?: "write" | "read" } = {}): Promise<GitHubStandIn> {
  const state = { comments: [], open: [], requests: [], faults: [] } as Pick<
    GitHubStandIn,
    "comments" | "open" | "requests" | "faults"
  >;
  const token = "ghs_standInToken0123456789";
  const repository = "acme/app";
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://stand-in");
    state.requests.push(`${request.method} ${url.pathname}${url.search}`);
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json", "x-github-request-id": "REQ:1" });
      response.end(JSON.stringify(body));
    };
    const fault = state.faults.shift();
    if (fault) return answer(fault, { message: "try later" });
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { message: "Bad credentials" });
    if (!request.headers["user-agent"]) return answer(403, { message: "User-Agent required" });
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
    if (options.permission === "read") return answer(403, { message: "Resource not accessible by integration" });
    const body = await bodyOf(request);
    if (body.length > LIMIT) return answer(422, { message: "Validation Failed: body is too long" });
    const edit = /^\/issues\/comments\/(\d+)$/.exec(path);
    if (request.method === "PATCH" && edit) {
      const comment = state.comments.find(({ id }) => id === Number(edit[1]));
      if (!comment) return answer(404, { message: "Not Found" });
      comment.body = body;
      return answer(200, comment);
    }
    if (request.method === "POST" && list) {
      const user = { login: "github-actions[bot]", type: "Bot" };
      const comment = { id: 1000 + state.comments.length, issue: Number(list[1]), body, user };
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

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return (JSON.parse(text) as { body: string }).body;
}
