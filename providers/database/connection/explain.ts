import { poolerAnswer } from "../../../db/connection/pooler-answers.ts";
import { MISSING_WRAPPER } from "../../../db/migrate/advice.ts";
import { MigrationError } from "../../../db/migrate/errors.ts";
import { causeOf, isForeign } from "../foreign/cause.ts";
import { DatabaseError, type DriverAnswer } from "./error.ts";
import type { Target } from "./target.ts";

/** What was attempted, on what, for the error a user reads. */
export interface Attempt {
  /** Such as `Storing Vault secret fdw_password`. */
  what: string;
  projectRef: string;
  target: Target;
}

const SQLSTATE = /^(?!EPIPE)[0-9A-Z]{5}$/;
const SYSTEM_CODE = /^[A-Z][A-Z_]{4,}$/;

/** Fields of an error of the driver or server; undefined for anything else, such as a bug. */
export function answerOf(error: unknown): DriverAnswer | undefined {
  if (error instanceof MigrationError && error.code === "connection") return answerOf(error.cause);
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  // Others, such as the migration runner, have codes of their own and explain themselves.
  if (!SQLSTATE.test(error.code) && !SYSTEM_CODE.test(error.code)) return undefined;
  const text = (name: "detail" | "hint"): string => {
    const value = name in error ? Reflect.get(error, name) : "";
    return typeof value === "string" ? value : "";
  };
  // Node tries every address of a host and packs the failures into one error that has no message of its own.
  const inner = error instanceof AggregateError ? error.errors.map((one: Error) => one.message).join("; ") : "";
  return { code: error.code, message: error.message || inner, detail: text("detail"), hint: text("hint") };
}

/** True when the failure says that no session could be had, so that the project itself may be gone. */
export function isUnreachable(error: unknown): boolean {
  const code = error instanceof DatabaseError ? error.code : answerOf(error)?.code;
  return code !== undefined && (!SQLSTATE.test(code) || /^(08|28|57P|3D000|XX000)/.test(code));
}

/** Turns what a driver or server answered into what was attempted, on which object, the answer and the next step. */
export function explain(error: unknown, attempt: Attempt): Error {
  const answer = answerOf(error);
  if (error instanceof DatabaseError || answer === undefined) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const { host, port, user } = attempt.target;
  const said = [
    `${sqlstate(answer.code)}: ${answer.message}`,
    answer.detail && `Detail: ${answer.detail}`,
    `Next: ${nextStep(answer, attempt)}`,
  ];
  return new DatabaseError(
    `${attempt.what} in project ${attempt.projectRef} (${host}:${port} as ${user}) failed with ${said.filter(Boolean).join("\n  ")}`,
    // Without the driver's error as cause: it holds the bind parameters, secrets among them.
    { code: answer.code },
  );
}

function sqlstate(code: string): string {
  return SQLSTATE.test(code) ? `SQLSTATE ${code}` : code;
}

const STEPS: Record<string, string> = {
  "28P01": "Check the database password in the stack's configuration; it was changed outside or is another project's.",
  "28000": "Check the user name, and that the server allows connections with TLS from this address.",
  "3D000": "Check the configured database name.",
  "08006": "The connection broke; run the command again.",
  "42501": "Connect as a role with that privilege (role postgres owns what this project creates).",
  "53300": "Close idle connections, raise the limit, or wait until others finish; then run the command again.",
  "53100": "The database's disk is full: free space or enlarge the project, then run the command again.",
  "25006": "The database is read only (a full disk causes it, too): make it writable, then run the command again.",
  "57014": "It took longer than its time-out: look for a lock or an unreachable server, then run the command again.",
  "55P03": "Another session holds the lock: wait until it is done, then run the command again.",
  "40P01": "It met a deadlock: run the command again.",
  "57P03": "The server is starting or stopping: wait a moment, then run the command again.",
  "2BP01": "Change or drop what is named under Detail, then run the command again. Nothing was changed.",
  ECONNREFUSED: "Nothing listens there: check that the project is active (not paused), and host and port.",
  ENOTFOUND: "The host name has no address: check projectRef and host; a direct host needs IPv6, the pooler does not.",
  ETIMEDOUT: "The server did not answer: check network restrictions, and IPv6 for a direct host.",
  EHOSTUNREACH: "No route: a direct host needs IPv6; else use the session pooler.",
  ENETUNREACH: "No route: a direct host needs IPv6; else use the session pooler.",
  CONNECT_TIMEOUT: "The server did not answer: check network restrictions, and IPv6 for a direct host.",
  ECONNRESET: "The server broke the connection off (a restart, a ban or a limit): run the command again.",
  EPIPE: "The server broke the connection off (a restart, a ban or a limit): run the command again.",
  CONNECTION_CLOSED: "The server ended the connection (a restart, a ban or a limit): run the command again.",
};

function nextStep(answer: DriverAnswer, attempt: Attempt): string {
  const pooled = poolerAnswer(answer);
  if (pooled) return `${sentence(pooled.cause)} (it was asked for ${attempt.target.user}). ${pooled.next}`;
  if (MISSING_WRAPPER.text.test(answer.message)) return answer.hint || MISSING_WRAPPER.next;
  // The server's hint for a blocked drop is CASCADE, which would take along what somebody relies on.
  const hint = answer.code === "2BP01" ? "" : answer.hint;
  const step = hint || foreignStep(answer) || STEPS[answer.code] || "Correct what is named above, then run it again.";
  const isHere = answer.code === "ECONNREFUSED" && /^127\./.test(attempt.target.host);
  return isHere ? `${step} If it is the local cloud's: npm run local -- start` : step;
}

/** What failed between two databases, from what the foreign data wrapper passes on. Undefined for any other failure. */
function foreignStep(answer: DriverAnswer): string | undefined {
  if (!isForeign(answer)) return undefined;
  const found = causeOf(answer);
  if (!found) return "Check that the publisher's database is up, then run the command again.";
  return `${sentence(found.cause)}: ${found.next}.`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
