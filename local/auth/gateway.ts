import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { legacyJwt } from "../projects/keys.ts";
import type { ProjectRecord } from "../state.ts";

const PREFIX = "/auth/v1";
/** Reached by a browser that follows a link or a redirect, so without a key. */
const OPEN = /^\/auth\/v1\/(verify|callback|authorize|sso\/saml\/(acs|metadata)|\.well-known\/[\w-]+(\.json)?)$/;

type Role = "anon" | "service_role";

/** What listens at a project's address for an application, in the place of the platform's API gateway. */
export interface Gateway {
  close(): Promise<void>;
}

/**
 * Listens at a project's address and hands what lies below /auth/v1 to its Auth server, when it brings a key of the project.
 * @param options.problem why the Auth server does not run, for those who get no answer
 */
export async function openGateway(options: { record: ProjectRecord; problem: () => string }): Promise<Gateway> {
  const { host, apiPort } = options.record.address;
  const server = createServer((asked, answer) => handle({ ...options, asked, answer }));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port: apiPort }, resolve);
  });
  return { close: () => closed(server) };
}

interface Exchange {
  record: ProjectRecord;
  problem: () => string;
  asked: IncomingMessage;
  answer: ServerResponse;
}

function handle(exchange: Exchange): void {
  const { record, asked, answer } = exchange;
  const url = new URL(asked.url ?? "/", "http://project");
  const path = url.pathname;
  const key = String(asked.headers.apikey ?? url.searchParams.get("apikey") ?? "");
  const role = roleOf(record, key);
  // A preflight brings no key; it is Auth that answers it.
  const open = asked.method === "OPTIONS" || OPEN.test(path);
  if (path !== PREFIX && !path.startsWith(`${PREFIX}/`)) {
    say(answer, 404, `the local cloud serves ${PREFIX} at this address, and no ${path}`);
  } else if (!role && !open) {
    say(answer, 401, key ? "Invalid API key" : "No API key found in request: send it as header apikey");
  } else {
    url.searchParams.delete("apikey");
    pass(exchange, { key, role, path: `${path.slice(PREFIX.length) || "/"}${url.search}` });
  }
}

function pass(exchange: Exchange, call: { key: string; role: Role | undefined; path: string }): void {
  const { record, problem, asked, answer } = exchange;
  const { apikey: _, ...kept } = asked.headers;
  const headers: OutgoingHttpHeaders = { ...kept, "x-forwarded-host": kept.host, "x-forwarded-proto": "http" };
  const bearer = /^Bearer (.+)$/i.exec(kept.authorization ?? "")?.[1];
  // A key that is no JWT means the role it stands for, as does none: a token of a user goes through.
  if (call.role && (!bearer || bearer === call.key)) headers.authorization = `Bearer ${legacyJwt(record, call.role)}`;
  const { host, authPort: port } = record.address;
  const sent = request({ host, port, method: asked.method, headers, path: call.path }, (got) => {
    answer.writeHead(got.statusCode ?? 502, got.headers);
    got.pipe(answer);
  });
  sent.on("error", (error) => {
    if (answer.headersSent) answer.destroy();
    else say(answer, 503, problem() || `the Auth server of ${record.ref} does not answer: ${error.message}`);
  });
  asked.on("aborted", () => sent.destroy());
  asked.pipe(sent);
}

/** The role a key stands for; undefined where it is none of the project's. */
function roleOf(record: ProjectRecord, key: string): Role | undefined {
  if (record.settings.legacyKeysEnabled) {
    for (const role of ["anon", "service_role"] as const) if (key === legacyJwt(record, role)) return role;
  }
  const found = record.settings.keys.find((one) => one.key === key);
  if (!found) return undefined;
  return found.type === "secret" ? "service_role" : "anon";
}

function say(answer: ServerResponse, status: number, message: string): void {
  answer.writeHead(status, { "content-type": "application/json" });
  answer.end(JSON.stringify({ message }));
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
