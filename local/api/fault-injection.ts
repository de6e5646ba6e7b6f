import { setTimeout as sleep } from "node:timers/promises";
import type { Context, MiddlewareHandler } from "hono";
import { findProject } from "../context.ts";
import { type CallFaultKind, faultsOf } from "../projects/faults.ts";
import { type ApiContext, type ApiEnv, breakConnection } from "./context.ts";

/** Lets calls fail as the name of their project asks for. Counts are kept while the daemon runs. */
export function faultInjection(context: ApiContext): MiddlewareHandler<ApiEnv> {
  const met = new Map<string, number>();
  const due = (options: { name: string; operation: string; write: boolean }): CallFaultKind | undefined => {
    for (const { kind, times } of faultsOf(options.name).calls) {
      if (kind === "lost-answer" && !options.write) continue;
      const key = `${options.name} ${options.operation} ${kind}`;
      const count = met.get(key) ?? 0;
      if (count >= times) continue;
      met.set(key, count + 1);
      return kind;
    }
    return undefined;
  };
  return async (c, next) => {
    const subject = await subjectOf(context, c);
    if (!subject) return next();
    const write = c.req.method !== "GET";
    const kind = due({ ...subject, write });
    if (kind === "429") {
      c.header("retry-after", "1");
      return c.json({ message: "ThrottlerException: Too Many Requests" }, 429);
    }
    if (kind === "500") return c.json({ message: "Internal server error (asked for by the project's name)" }, 500);
    if (kind === "reset") return breakConnection(c);
    await next();
    const created = subject.creates && c.res.ok ? faultsOf(subject.name) : undefined;
    if (created && created.createTimeoutSeconds > 0) await sleep(created.createTimeoutSeconds * 1000);
    if (kind === "lost-answer" || created?.createReset) breakConnection(c);
  };
}

/** Name of the project a call is about, existing or not yet, and the operation without the ref. */
async function subjectOf(
  context: ApiContext,
  c: Context<ApiEnv>,
): Promise<{ name: string; operation: string; creates: boolean } | undefined> {
  const operation = `${c.req.method} ${c.req.path.replace(/\b[a-z]{20}\b/, ":ref")}`;
  const creates = /^POST \/v1\/projects(\/:ref\/branches)?$/.test(operation);
  if (creates) {
    const body: unknown = await c.req.json().catch(() => undefined);
    const given = body as { name?: unknown; branch_name?: unknown } | undefined;
    const name = given?.branch_name ?? given?.name;
    return typeof name === "string" ? { name, operation, creates } : undefined;
  }
  const id = /^\/v1\/(?:projects|branches)\/([a-z]{20}|[0-9a-f-]{36})(?:\/|$)/.exec(c.req.path)?.[1] ?? "";
  const branch = context.state.value.projects.find((record) => record.branch?.id === id);
  const record = findProject(context, id) ?? branch;
  return record && { name: record.name, operation, creates };
}
