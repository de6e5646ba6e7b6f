import { setTimeout as sleep } from "node:timers/promises";
import type { ManagementAccess } from "./access.ts";
import { ApiError } from "./error.ts";
import { rateLimitOf } from "./rate-limit.ts";

/** One call of the Management API. */
export interface Request {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  body?: Readonly<Record<string, unknown>> | readonly unknown[];
  /** Values of the body that must not be repeated in an error. */
  secrets?: readonly string[];
  /**
   * Repeat when the API fails or does not answer. Right for everything whose second run changes nothing. What was
   * refused for its rate (429) was not carried out, and is repeated in any case.
   */
  retry: boolean;
  /** Wait for the answer even when cancelled, once it is sent: it names what was made. Default false. */
  seeThrough?: boolean;
  signal: AbortSignal;
}

interface Attempt {
  status: number;
  text: string;
  requestId: string | undefined;
  retryAfterMs: number | undefined;
}

const TRY_TIMEOUT_S = 30;
/** All tries of one call together. */
const DEADLINE_MS = 90_000;
const MAX_TRIES = 6;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 10_000;
const TOO_MANY = 429;
const TRANSIENT = new Set([0, 408, 425, 500, 502, 503, 504]);
const LONGEST_ANSWER = 500;

/** Makes a call and returns the JSON it answered with (undefined when the answer is empty). */
export async function send(settings: ManagementAccess, request: Request): Promise<unknown> {
  const limit = rateLimitOf(settings);
  let deadline = Date.now() + DEADLINE_MS;
  for (let tries = 1; ; tries++) {
    const queued = Date.now();
    await limit.take(request.signal);
    // Time in the queue is not the API's.
    deadline += Date.now() - queued;
    const attempt = await tryOnce(settings, request);
    if (attempt.status >= 200 && attempt.status < 300) return parse(request, attempt);
    const pause = attempt.retryAfterMs ?? backOff(tries);
    const again = attempt.status === TOO_MANY || (request.retry && TRANSIENT.has(attempt.status));
    if (!again || tries === MAX_TRIES || Date.now() + pause > deadline)
      throw failure({ settings, request, attempt, tries });
    if (attempt.status === TOO_MANY) limit.holdBack(pause);
    await sleep(pause, undefined, { signal: request.signal });
  }
}

async function tryOnce(settings: ManagementAccess, request: Request): Promise<Attempt> {
  const { requestTimeoutSeconds = TRY_TIMEOUT_S } = settings;
  request.signal.throwIfAborted();
  const tooLate = AbortSignal.timeout(requestTimeoutSeconds * 1000);
  try {
    const response = await fetch(`${settings.endpoint}${request.path}`, {
      method: request.method,
      headers: {
        authorization: `Bearer ${settings.accessToken}`,
        "content-type": "application/json",
        "user-agent": "tailfire-environments",
      },
      ...(request.body ? { body: JSON.stringify(request.body) } : {}),
      // A redirect to another host would be sent the body, password included.
      redirect: "error",
      signal: AbortSignal.any([tooLate, ...(request.seeThrough ? [] : [request.signal])]),
    });
    const { headers, status } = response;
    const requestId = headers.get("x-request-id") ?? headers.get("sb-request-id") ?? headers.get("cf-ray") ?? undefined;
    return { status, text: await response.text(), requestId, retryAfterMs: retryAfter(headers.get("retry-after")) };
  } catch (error) {
    request.signal.throwIfAborted();
    return { status: 0, text: reasonOf(error, requestTimeoutSeconds), requestId: undefined, retryAfterMs: undefined };
  }
}

function parse(request: Request, { text, status, requestId }: Attempt): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    const answer = `an answer that is not JSON (${text.length} characters); is supabase:endpoint the Management API?`;
    throw new ApiError({ method: request.method, path: request.path, status, answer, requestId, tries: 1 });
  }
}

function failure(options: { settings: ManagementAccess; request: Request; attempt: Attempt; tries: number }): ApiError {
  const { settings, request, attempt, tries } = options;
  const { method, path, secrets = [] } = request;
  const shown = messageOf(attempt.text);
  const answer = [settings.accessToken, ...secrets].reduce(
    (text, secret) => text.replaceAll(secret, "[secret]"),
    shown,
  );
  const { status, requestId } = attempt;
  return new ApiError({ method, path, status, answer: answer.slice(0, LONGEST_ANSWER), requestId, tries });
}

function messageOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const message = typeof body === "object" && body !== null && "message" in body ? body.message : undefined;
    if (message !== undefined) return [message].flat().map(String).join("; ");
  } catch {
    // Not JSON, such as the page of a proxy: its first line says most.
  }
  return text.trim().split("\n")[0] ?? "";
}

function reasonOf(error: unknown, timeoutSeconds: number): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (error.name === "TimeoutError") return `timed out after ${timeoutSeconds} s`;
  if (cause instanceof Error) return "code" in cause ? `${String(cause.code)} ${cause.message}` : cause.message;
  return error.message;
}

/** Seconds or a date, as HTTP has it. */
function retryAfter(header: string | null): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Doubles from try to try; a random half of it keeps clients that failed together from coming back together. */
function backOff(tries: number): number {
  const most = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  return most / 2 + Math.random() * (most / 2);
}
