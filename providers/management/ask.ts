import { setTimeout as sleep } from "node:timers/promises";
import type { Management } from "./access.ts";
import { ApiError } from "./error.ts";
import { type Answer, type Exchange, exchange } from "./exchange.ts";
import type { RateLimit } from "./rate-limit.ts";

/** When, and how often, a request is repeated. */
export interface Repeat {
  /** Tries at most, the first included. */
  readonly tries: number;
  /** Whether another try is right after this status; 0 stands for no answer. */
  readonly after: (status: number) => boolean;
  /** Milliseconds before the next try, where the API asks for no other time. `tried` is 1 after the first. */
  readonly pauseMs: (tried: number) => number;
  /** Milliseconds for all tries together; waiting for the rate limit is not counted. Default: no bound. */
  readonly deadlineMs?: number | undefined;
  /** Every try waits for its turn. Default: none. */
  readonly limit?: RateLimit | undefined;
  /** Ends the waiting between two tries. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of a call, after its last try. */
export interface LastAnswer extends Answer {
  /** Number of tries made. */
  readonly tries: number;
}

const TOO_MANY = 429;

/** Calls the Management API, and returns what came of the last try, whatever its status. Throws only when cancelled. */
export async function ask(access: Management, request: Exchange, repeat?: Repeat): Promise<LastAnswer> {
  const { tries: most = 1, deadlineMs = Number.POSITIVE_INFINITY, limit, signal } = repeat ?? {};
  let deadline = Date.now() + deadlineMs;
  for (let tries = 1; ; tries++) {
    const queued = Date.now();
    await limit?.take(signal);
    // Time in the queue is not the API's.
    deadline += Date.now() - queued;
    signal?.throwIfAborted();
    const answer = await exchange(access, request);
    if (answer.status === 0) signal?.throwIfAborted();
    const pause = answer.retryAfterMs || repeat?.pauseMs(tries) || 0;
    if (!repeat?.after(answer.status) || tries >= most || Date.now() + pause > deadline) return { ...answer, tries };
    if (answer.status === TOO_MANY) limit?.holdBack(pause);
    await sleep(pause, undefined, { signal });
  }
}

/** Whether the API did what it was asked for. */
export function succeeded({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** The JSON of a success; undefined where it is empty. @throws ApiError for a failure, and for what is not JSON */
export function bodyOf(answer: LastAnswer): unknown {
  if (!succeeded(answer)) throw failureOf(answer);
  if (answer.text === "") return undefined;
  try {
    return JSON.parse(answer.text);
  } catch {
    const length = answer.text.length;
    const said = `an answer that is not JSON (${length} characters); is supabase:endpoint the Management API?`;
    throw new ApiError({ ...answer, answer: said, tries: 1 });
  }
}

/** The error for an answer that is a failure. */
export function failureOf(answer: LastAnswer): ApiError {
  return new ApiError({ ...answer, answer: messageOf(answer) });
}

/** A failure in one line: status, the API's own words, and the request id. */
export function describe(answer: Answer): string {
  const id = answer.requestId ? ` (request id ${answer.requestId})` : "";
  return answer.status === 0
    ? `no answer: ${messageOf(answer)}`
    : `HTTP ${answer.status} ${messageOf(answer)}`.trim() + id;
}

const LONGEST = 500;

/** The API's own words about a failure, on one line. */
function messageOf({ text }: Answer): string {
  return wordsOf(text).slice(0, LONGEST);
}

function wordsOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const message = typeof body === "object" && body !== null && "message" in body ? body.message : undefined;
    if (message !== undefined) return [message].flat().map(String).join("; ");
  } catch {
    // Not JSON, such as the page of a proxy: its first line says most.
  }
  return text.trim().split("\n")[0] ?? "";
}
