import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { MiddlewareHandler } from "hono";
import type { ApiContext, ApiEnv } from "./context.ts";

const KEPT = 100;
/** Names whose values are secrets, wherever in a body they occur. */
const SECRET = /pass|secret|token|api_key|^value$|jwt|^key$|query/i;

/** Logs every request, keeps the last hundred for the status page, and records bodies when the daemon was asked to. */
export function observation(context: ApiContext): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const began = performance.now();
    const body = context.recordFolder ? await c.req.text() : "";
    await next();
    const { method, path } = c.req;
    const milliseconds = Math.round(performance.now() - began);
    context.log(`${method} ${path} ${c.res.status} ${milliseconds} ms`);
    if (!path.startsWith("/v1/")) return;
    context.requests.push({ at: new Date().toISOString(), method, path, status: c.res.status, milliseconds });
    context.requests.splice(0, context.requests.length - KEPT);
    // A connection that a fault broke carried no answer.
    if (!context.recordFolder || c.env.incoming.socket.destroyed) return;
    const response = parse(await c.res.clone().text());
    const query = c.req.queries();
    const line = {
      method,
      path,
      query,
      request: redact(parse(body)),
      status: c.res.status,
      response: redact(response),
    };
    await mkdir(context.recordFolder, { recursive: true, mode: 0o700 });
    const file = join(context.recordFolder, `traffic-${process.pid}.jsonl`);
    await appendFile(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  };
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The same shape without secrets: their text is replaced, numbers and nulls stay. */
function redact(value: unknown, name = ""): unknown {
  if (typeof value === "string") return SECRET.test(name) ? "redacted" : value;
  if (Array.isArray(value)) return value.map((item) => redact(item, name));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(item, key)]));
}
