import { openSessions } from "../../db/connection/open.ts";
import { isLoopback } from "../../db/connection.ts";
import type { StackOutputs } from "../../engine/result.ts";
import { fetchVia, proxyOf } from "../../providers/management/proxy.ts";
import { loginOf } from "./login.ts";

const SECONDS = 5;

/** A variable whose address does not answer on this machine. */
export interface Unreachable {
  readonly name: "DATABASE_URL" | "SUPABASE_URL";
  readonly reason: string;
}

/** Which of an application's two addresses lead nowhere from this machine. Logs in to the database, and asks the API for its front page. */
export async function unreachableAddresses(outputs: StackOutputs, apiUrl: string | undefined): Promise<Unreachable[]> {
  const [database, api] = await Promise.all([askDatabase(outputs), askApi(apiUrl ?? "")]);
  return [
    ...(database === undefined ? [] : [{ name: "DATABASE_URL" as const, reason: database }]),
    ...(api === undefined ? [] : [{ name: "SUPABASE_URL" as const, reason: api }]),
  ];
}

async function askDatabase(outputs: StackOutputs): Promise<string | undefined> {
  const login = loginOf(outputs, "transactionPooler");
  const ssl = isLoopback(login.host) ? "prefer" : "require";
  const sql = openSessions({ ...login, max: 1, connect_timeout: SECONDS, ssl, prepare: false });
  try {
    await sql`select 1`;
    return undefined;
  } catch (error) {
    return reasonOf(error);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Any answer of an HTTP server will do: without a key the platform's is 401. */
async function askApi(url: string): Promise<string | undefined> {
  try {
    const address = new URL(url);
    const send = await fetchVia(proxyOf(address));
    await send(address, { signal: AbortSignal.timeout(SECONDS * 1000), redirect: "manual" });
    return undefined;
  } catch (error) {
    return `${url}: ${reasonOf(error instanceof Error && error.cause ? error.cause : error)}`;
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? `${String(error.code)} ` : "";
  return `${code}${error instanceof Error ? error.message : String(error)}`;
}
