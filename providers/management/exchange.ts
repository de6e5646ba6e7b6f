import type { Management } from "./access.ts";
import { fetchVia, proxyOf } from "./proxy.ts";

/** One request to the Management API. */
export interface Exchange {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Path below the endpoint, query included. */
  path: string;
  body?: Readonly<Record<string, unknown>> | readonly unknown[] | undefined;
  /** Values of the body that must not be repeated in an error. */
  secrets?: readonly string[];
  /** Milliseconds until a request without an answer is given up. */
  timeoutMs: number;
  /** Ends the request before. */
  signal?: AbortSignal | undefined;
}

/** What came of a request. */
export interface Answer {
  readonly method: string;
  readonly path: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /**
   * The body; the reason where there was no answer. Of a failure, token and secrets are blanked. That of a success may
   * hold secrets: only a failure is fit for an error.
   */
  readonly text: string;
  /** What Supabase's support finds the request by. */
  readonly requestId: string | undefined;
  /** Milliseconds after which to come back, where the API says so. */
  readonly retryAfterMs: number | undefined;
  /** Requests left in this minute, where the API says so. */
  readonly requestsLeft: number | undefined;
}

/**
 * Sends one request, once. The only place that does: it follows no redirect, and goes through the proxy of the
 * environment. Never throws for what the API does.
 */
export async function exchange(access: Management, request: Exchange): Promise<Answer> {
  const { method, path, body, timeoutMs, signal } = request;
  const url = new URL(`${access.endpoint.replace(/\/+$/, "")}${path}`);
  const given = { method, path, requestId: undefined, retryAfterMs: undefined, requestsLeft: undefined };
  const tooLate = AbortSignal.timeout(timeoutMs);
  let proxy: URL | undefined;
  try {
    proxy = proxyOf(url);
    const send = await fetchVia(proxy);
    const response = await send(url, {
      method,
      headers: {
        authorization: `Bearer ${access.token}`,
        "content-type": "application/json",
        "user-agent": "tailfire-environments",
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      // Elsewhere would be sent token and body, passwords included.
      redirect: "manual",
      signal: signal ? AbortSignal.any([tooLate, signal]) : tooLate,
    });
    const { headers, status, ok } = response;
    const redirect = status >= 300 && status < 400 ? headers.get("location") : null;
    const text = redirect === null ? await response.text() : notFollowed(redirect, url);
    return {
      ...given,
      status,
      text: ok ? text : blank(text, [access.token, ...(request.secrets ?? [])]),
      requestId: headers.get("x-request-id") ?? headers.get("sb-request-id") ?? headers.get("cf-ray") ?? undefined,
      retryAfterMs: retryAfter(headers.get("retry-after")),
      requestsLeft: numberIn(headers.get("x-ratelimit-remaining")),
    };
  } catch (error) {
    const through = proxy ? ` (through the proxy ${proxy.host})` : "";
    return { ...given, status: 0, text: `${reasonOf(error, timeoutMs)}${through}` };
  }
}

function notFollowed(location: string, from: URL): string {
  const to = URL.canParse(location, from.href) ? new URL(location, from).host : "elsewhere";
  return `a redirect to ${to}, which is not followed: it would be sent the token. Is the endpoint the Management API?`;
}

function blank(text: string, secrets: readonly string[]): string {
  // A body repeats a value as JSON writes it.
  const spellings = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return spellings.filter(Boolean).reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `timed out after ${timeoutMs / 1000} s`;
  // fetch wraps what happened, through a proxy twice.
  if (error.cause instanceof Error) return reasonOf(error.cause, timeoutMs);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return `${code} ${error.message}`.trim();
}

/** Seconds or a date, as HTTP has it. */
function retryAfter(header: string | null): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function numberIn(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}
