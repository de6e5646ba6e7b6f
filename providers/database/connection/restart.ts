import { MigrationError } from "../../../db/migrate/errors.ts";
import { retryWhile } from "../../host/retry.ts";
import { DatabaseError } from "./error.ts";
import { answerOf } from "./explain.ts";

/** How long a server that restarts is waited for. */
const RETRY = { withinMs: 60_000, firstPauseMs: 200, longestPauseMs: 4_000 };
/** A restart breaks a session once or twice; one that is ended again and again is ended on purpose. */
const MOST_BROKEN = 5;

/** The session broke: admin_shutdown, crash_shutdown, and what the system or the driver says of it. */
const BROKEN = new Set(["57P01", "57P02", "ECONNRESET", "EPIPE", "CONNECTION_CLOSED"]);
/** There is no session to be had now: cannot_connect_now, and the same. */
const NOT_BACK = new Set(["57P03", "ECONNREFUSED", "CONNECT_TIMEOUT"]);

/**
 * Runs `work`, and runs it again where the server stopped in between: settings of Postgres and TLS take effect by a restart,
 * whatever else an `up` does. Right for work whose second run changes nothing more.
 * @param options.waits whether a server that says nothing may be one that restarts
 * @param options.onStop told before each further try what happened
 */
export function acrossRestarts<Result>(
  work: () => Promise<Result>,
  options: { waits: () => boolean; signal: AbortSignal; onStop: (reason: string) => void },
): Promise<Result> {
  const { waits, signal, onStop } = options;
  let broken = 0;
  const reasonToRetry = (error: unknown): string | undefined => {
    const code = codeOf(error);
    if (BROKEN.has(code)) broken++;
    const mayPass = BROKEN.has(code) ? broken < MOST_BROKEN : NOT_BACK.has(code);
    if (!mayPass || !(waits() || code.startsWith("57P"))) return undefined;
    const what = BROKEN.has(code) ? "the server ended the session" : "the server accepts no session";
    return `${what} (${code}): trying again`;
  };
  return retryWhile(work, { ...RETRY, signal, reasonToRetry, onWait: onStop });
}

function codeOf(error: unknown): string {
  // Every way in was tried for it.
  if (error instanceof DatabaseError) return "";
  if (error instanceof MigrationError && error.code === "connection-lost") return "CONNECTION_CLOSED";
  return answerOf(error)?.code ?? "";
}
