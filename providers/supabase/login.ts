import { openSessions } from "../../db/connection/open.ts";
import { isLoopback } from "../host/loopback.ts";

/** How to reach a database, without the password. Names as in the outputs of a project. */
export interface Connection {
  host: string;
  port: number;
  user: string;
  database: string;
}

/** What a log-in led to. Only "refused" says something about the password. */
export type LoginAnswer =
  | { answer: "accepted" }
  | { answer: "refused"; reason: string }
  | { answer: "unreachable"; reason: string };

const LOGIN_TIMEOUT_S = 8;
/** invalid_password. 28000 is about address, role or encryption: the password was not looked at. */
const REFUSED = "28P01";

/** Logs in on a connection of its own and runs `select 1`. Never throws. */
async function tryLogin(connection: Connection, password: string): Promise<LoginAnswer> {
  const { host, port, user, database } = connection;
  const sql = openSessions({
    host,
    port,
    user,
    database,
    password,
    max: 1,
    connect_timeout: LOGIN_TIMEOUT_S,
    backoff: false,
    prepare: false,
    // It runs `select 1` only, and the log-in has its own limit.
    connection: { application_name: "tailfire-environments", statement_timeout: 0 },
    // Hosted databases show a certificate of the platform's own authority, which no system store holds.
    ssl: isLoopback(host) ? "prefer" : "require",
  });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<LoginAnswer>((resolve) => {
    const reason = `no answer within ${LOGIN_TIMEOUT_S} s`;
    timer = setTimeout(() => resolve({ answer: "unreachable", reason }), LOGIN_TIMEOUT_S * 1000);
  });
  try {
    const login = sql`select 1`.then((): LoginAnswer => ({ answer: "accepted" }), toAnswer);
    return await Promise.race([login, tooLate]);
  } finally {
    clearTimeout(timer);
    await sql.end({ timeout: 1 }).catch(() => undefined);
  }
}

/**
 * Proves a password on the first of several addresses that answers. The direct one needs IPv6 on hosted projects, so
 * the session pooler is asked where it cannot be reached.
 */
export async function provePassword(connections: readonly Connection[], password: string): Promise<LoginAnswer> {
  const reasons: string[] = [];
  for (const connection of connections) {
    const answer = await tryLogin(connection, password);
    if (answer.answer !== "unreachable") return answer;
    reasons.push(`${connection.host}:${connection.port} ${answer.reason}`);
  }
  return { answer: "unreachable", reason: reasons.join("; ") || "the project has no address yet" };
}

function toAnswer(error: unknown): LoginAnswer {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = `${code} ${error instanceof Error ? error.message : String(error)}`.trim();
  return { answer: code === REFUSED ? "refused" : "unreachable", reason };
}
