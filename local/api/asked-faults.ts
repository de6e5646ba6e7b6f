import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import { type ApiContext, type ApiEnv, type AskedFault, breakConnection } from "./context.ts";
import { ApiError } from "./errors.ts";

/** What is sent to ask for one. */
export const askedFaultBody = z.object({
  operation: z.string(),
  status: z.union([z.int().min(400).max(599), z.literal("reset")]),
  left: z.int().min(1),
  after: z.boolean(),
});

/** Operations that an error names at most. */
const MOST_NAMED = 12;

/** A route of the API, as Hono lists them. */
interface Route {
  readonly method: string;
  readonly path: string;
}

/**
 * The operation as routes are written, `{ref}` as `:ref`.
 * @throws ApiError where no route is served under that name: such a fault would meet no call
 */
export function servedOperation(text: string, routes: readonly Route[]): string {
  const [, method = "", path = ""] = /^([A-Z]+) (\/\S+)$/.exec(text.trim().replaceAll(/\{(\w+)\}/g, ":$1")) ?? [];
  const served = routes.filter((route) => route.path.startsWith("/v1/") && !route.path.includes("*"));
  if (method !== "" && served.some((route) => route.method === method && matches(route.path, path)))
    return `${method} ${path}`;
  const parts = path.split("/");
  const near = served.filter(
    (route) => route.path.split("/").length === parts.length && route.path.includes(`/${parts[2]}`),
  );
  const known = [...new Set(near.map((route) => `${route.method} ${route.path}`))].sort().slice(0, MOST_NAMED);
  const such = known.length > 0 ? `, but for example ${known.join(", ")}` : "";
  throw new ApiError(
    400,
    `the local cloud serves no "${text}"${such}; docs/explanation/local-cloud.md lists all it serves`,
  );
}

/** Answers calls as was asked for, as often as was asked for. */
export function askedFaults(context: ApiContext): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const fault = context.askedFaults.find((one) => {
      const [method, path = ""] = one.operation.split(" ");
      return method === c.req.method && matches(path, c.req.path);
    });
    if (!fault) return next();
    fault.left--;
    if (fault.left === 0) context.askedFaults.splice(context.askedFaults.indexOf(fault), 1);
    if (!fault.after) return answer(c, fault);
    await next();
    c.res = undefined;
    c.res = answer(c, fault);
  };
}

function answer(c: Context<ApiEnv>, { status, after }: AskedFault): Response {
  if (status === "reset") return breakConnection(c);
  if (status === 429) c.header("retry-after", "1");
  const when = after ? "after it took effect" : "before it took effect";
  return c.json({ message: `asked for by npm run local -- fault, ${when}` }, status as 500);
}

/** Whether two paths are the same, where a part such as `:ref` of either stands for anything. */
function matches(one: string, other: string): boolean {
  const [a, b] = [one.split("/"), other.split("/")];
  const isAny = (part: string | undefined) => part?.startsWith(":") ?? false;
  return a.length === b.length && a.every((part, index) => part === b[index] || isAny(part) || isAny(b[index]));
}
