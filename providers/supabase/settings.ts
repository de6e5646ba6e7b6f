import { z } from "zod";
import { toFailure } from "../host/check.ts";
import type { CheckFailure, Properties } from "../host/kind.ts";
import { isLoopback } from "../host/loopback.ts";
import { HOSTED_ENDPOINT, type ManagementAccess } from "../management/access.ts";

/** Configuration of the provider, as the package schema has it. */
export const configuration = z.object({
  accessToken: z.string().optional().meta({
    description:
      "Access token of the Management API. Default: `supabase:accessToken`, else SUPABASE_ACCESS_TOKEN. A secret.",
    secret: true,
  }),
  endpoint: z
    .string()
    .optional()
    .describe(
      "Base URL of the Management API. Default: `supabase:endpoint`, else SUPABASE_API_ENDPOINT, else the hosted platform. Plain http is refused off loopback.",
    ),
  requestsPerMinute: z
    .string()
    .optional()
    .describe(
      "Requests a minute that are sent at most, over all resources. Default: `supabase:requestsPerMinute`, else SUPABASE_REQUESTS_PER_MINUTE, else 60 (the platform's limit for a user), and no limit on loopback. 0: no limit.",
    ),
  requestTimeoutSeconds: z
    .string()
    .optional()
    .describe(
      "Seconds until a request without an answer is given up. Default: `supabase:requestTimeoutSeconds`, else SUPABASE_REQUEST_TIMEOUT_SECONDS, else 30.",
    ),
});

/**
 * Reads `supabase:accessToken`, `supabase:endpoint`, `supabase:requestsPerMinute` and `supabase:requestTimeoutSeconds`;
 * SUPABASE_ACCESS_TOKEN, SUPABASE_API_ENDPOINT, SUPABASE_REQUESTS_PER_MINUTE and SUPABASE_REQUEST_TIMEOUT_SECONDS stand in
 * for what is absent. Plain http is accepted for loopback only: the token would travel in clear.
 */
export function parseSettings(args: Properties): { config?: ManagementAccess; failures: CheckFailure[] } {
  const parsed = configuration.safeParse(args);
  if (!parsed.success) return { failures: parsed.error.issues.map((issue) => toFailure(issue)) };
  const accessToken = (parsed.data.accessToken || process.env.SUPABASE_ACCESS_TOKEN || "").trim();
  const endpoint = (parsed.data.endpoint || process.env.SUPABASE_API_ENDPOINT || HOSTED_ENDPOINT).replace(/\/+$/, "");
  const failures: CheckFailure[] = [];
  if (accessToken === "") {
    failures.push({ property: "accessToken", reason: "missing: set it as a secret, or set SUPABASE_ACCESS_TOKEN" });
  } else if (!/^[\x21-\x7e]+$/.test(accessToken)) {
    failures.push({
      property: "accessToken",
      reason: "contains characters that no token has (a blank, a line break?)",
    });
  }
  const reason = refusedEndpoint(endpoint);
  if (reason) failures.push({ property: "endpoint", reason });
  const rate = parsed.data.requestsPerMinute || process.env.SUPABASE_REQUESTS_PER_MINUTE || undefined;
  if (rate !== undefined && !/^\d{1,6}$/.test(rate)) {
    failures.push({ property: "requestsPerMinute", reason: `${rate} is not a number of requests; 0 means no limit` });
  }
  const wait = parsed.data.requestTimeoutSeconds || process.env.SUPABASE_REQUEST_TIMEOUT_SECONDS || undefined;
  if (wait !== undefined && !/^[1-9]\d{0,3}$/.test(wait)) {
    failures.push({ property: "requestTimeoutSeconds", reason: `${wait} is not a number of seconds from 1 on` });
  }
  if (failures.length > 0) return { failures };
  const requestTimeoutSeconds = wait === undefined ? {} : { requestTimeoutSeconds: Number(wait) };
  const requestsPerMinute = rate === undefined ? {} : { requestsPerMinute: Number(rate) };
  return { config: { accessToken, endpoint, ...requestsPerMinute, ...requestTimeoutSeconds }, failures };
}

function refusedEndpoint(endpoint: string): string | undefined {
  if (!URL.canParse(endpoint)) return `${endpoint} is not a URL`;
  const { protocol, hostname, username, password } = new URL(endpoint);
  if (username !== "" || password !== "") return "carries a user or password; the token goes into accessToken";
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined;
  return `${protocol}//${hostname} would carry the token in clear: use https (http is for loopback only)`;
}
