import type { ManagementAccess } from "./access.ts";
import { ask, bodyOf } from "./ask.ts";
import type { Exchange } from "./exchange.ts";
import { rateLimitOf } from "./rate-limit.ts";

/** One call of the provider `supabase`. */
export interface Request extends Omit<Exchange, "timeoutMs"> {
  /**
   * Repeat when the API fails or does not answer. Right for everything whose second run changes nothing. What was
   * refused for its rate (429) was not carried out, and is repeated in any case.
   */
  retry: boolean;
  /** Wait for the answer even when cancelled, once it is sent: it names what was made. Default false. */
  seeThrough?: boolean;
  signal: AbortSignal;
}

const TRY_TIMEOUT_S = 30;
/** All tries of one call together. */
const DEADLINE_MS = 90_000;
const MAX_TRIES = 6;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 10_000;
const TOO_MANY = 429;
const TRANSIENT = new Set([0, 408, 425, 500, 502, 503, 504]);

/** Makes a call and returns the JSON it answered with (undefined when the answer is empty). @throws ApiError */
export async function send(settings: ManagementAccess, request: Request): Promise<unknown> {
  const { endpoint, accessToken: token, requestTimeoutSeconds = TRY_TIMEOUT_S } = settings;
  const { retry, seeThrough, signal, ...given } = request;
  const timeoutMs = requestTimeoutSeconds * 1000;
  const exchange = { ...given, timeoutMs, signal: seeThrough ? undefined : signal };
  const answer = await ask({ endpoint, token }, exchange, {
    tries: MAX_TRIES,
    after: (status) => status === TOO_MANY || (retry && TRANSIENT.has(status)),
    pauseMs: backOff,
    deadlineMs: DEADLINE_MS,
    limit: rateLimitOf(settings),
    signal,
  });
  return bodyOf(answer);
}

/** Doubles from try to try; a random half of it keeps clients that failed together from coming back together. */
function backOff(tried: number): number {
  const most = Math.min(FIRST_PAUSE_MS * 2 ** (tried - 1), LONGEST_PAUSE_MS);
  return most / 2 + Math.random() * (most / 2);
}
