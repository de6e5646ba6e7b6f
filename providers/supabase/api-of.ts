import type { Call } from "../host/kind.ts";
import type { ManagementAccess } from "../management/access.ts";
import { ManagementApi } from "./management-api.ts";

/** The Management API for one operation: it ends when the user cancels, or when `customTimeouts` has run out. */
export function apiOf(call: Pick<Call<ManagementAccess>, "config" | "context" | "timeoutSeconds">): ManagementApi {
  const { config, context, timeoutSeconds } = call;
  if (timeoutSeconds <= 0) return new ManagementApi({ settings: config, signal: context.signal });
  const timeout = new AbortController();
  const reason = new Error(
    `not done within ${timeoutSeconds} s, as customTimeouts has it. Run again to go on, or raise the limit.`,
  );
  setTimeout(() => timeout.abort(reason), timeoutSeconds * 1000).unref();
  return new ManagementApi({ settings: config, signal: AbortSignal.any([context.signal, timeout.signal]) });
}
