import type { Sql } from "postgres";
import { openSessions } from "../../db/connection/open.ts";
import { isLoopback } from "../../db/connection.ts";
import type { DatabaseLogin } from "../session/login.ts";
import { type Diagnosis, look } from "./finding.ts";
import { imageFaults, imageOfServer } from "./image.ts";
import { handshake } from "./tls.ts";

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** Opens one connection that gives up early. TLS is required, on this machine used where the server has it. */
export function open(login: DatabaseLogin): Sql {
  const ssl = isLoopback(login.host) ? "prefer" : "require";
  const limits = { max: 1, connect_timeout: 8, idle_timeout: 5, connection: { statement_timeout: 15_000 } };
  return openSessions({ ...login, ...limits, ssl, prepare: false });
}

/** Whether an address is reached and lets us in. */
export function checkLogin(check: string, login: DatabaseLogin): Promise<Diagnosis[]> {
  const next = check.startsWith("direct")
    ? "Hosted databases are reached directly over IPv6 only: set connection to session, or book the IPv4 add-on."
    : "Is port 5432 open towards the pooler, and is this address not banned?";
  return look(check, next, async () => {
    const sql = open(login);
    try {
      const began = performance.now();
      await sql`select 1`;
      const found = `${login.host}:${login.port} lets ${login.user} in (${Math.round(performance.now() - began)} ms)`;
      return [{ check, level: "ok", found }];
    } finally {
      await sql.end({ timeout: 1 });
    }
  });
}

/** The PgBouncer of a project's own machine, which paid plans have: most projects have none. */
export async function checkBouncer(
  address: Pick<DatabaseLogin, "host" | "port">,
  direct: DatabaseLogin,
): Promise<Diagnosis[]> {
  const check = "PgBouncer";
  const found = await checkLogin(check, { ...direct, ...address });
  return found.map((one) =>
    one.level === "ok" ? one : { check, level: "note", found: `${one.found}; only paid plans have one` },
  );
}

/** The certificate a database shows. */
export function checkTls(check: string, { host, port }: DatabaseLogin): Promise<Diagnosis[]> {
  return look(check, "Is the database reached at all?", async () => {
    const shown = await handshake(host, port);
    if (!shown) {
      return [{ check, level: "warning", found: `${host}:${port} has no TLS`, next: "Connect on this machine only." }];
    }
    const { protocol, issuer, validTo, trusted } = shown;
    const found = `${protocol}, issued by ${issuer}, valid to ${validTo.toISOString().slice(0, 10)}`;
    if (validTo.getTime() < Date.now() + SOON_DAYS * DAY_MS) {
      return [{ check, level: "warning", found, next: "It expires: verify-full clients need the next one." }];
    }
    // Hosted databases show a certificate of the platform's own authority.
    const own = `${found}; not vouched for by this machine's authorities (${trusted}): verify-full needs the root as a file`;
    return [trusted === true ? { check, level: "ok", found } : { check, level: "note", found: own }];
  });
}

/**
 * Version and the extensions that an environment needs.
 * @param image the version as the Management API names it; empty where nothing was asked
 */
export function checkVersions(sql: Sql, image = ""): Promise<Diagnosis[]> {
  return look("versions", "Is the database up? See the project's status.", async () => {
    const [server] = await sql<{ version: string; major: number }[]>`
      select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major`;
    const extensions = await sql<{ name: string; version: string }[]>`
      select extname as name, extversion as version from pg_extension
      where extname in ('postgres_fdw', 'supabase_vault') order by 1`;
    const version = server?.version.split(" ")[0] ?? "";
    const known = [...imageOfServer(image, version), ...imageFaults(image)];
    const found = [`Postgres ${server?.version}`, ...extensions.map(({ name, version }) => `${name} ${version}`)].join(
      ", ",
    );
    if ((server?.major ?? 0) >= 15) return [{ check: "versions", level: "ok", found }, ...known];
    return [
      { check: "versions", level: "error", found, next: "Upgrade the project: security_invoker views need 15." },
      ...known,
    ];
  });
}
