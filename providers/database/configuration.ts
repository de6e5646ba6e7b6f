import { z } from "zod";
import { toFailure } from "../host/check.ts";
import type { CheckFailure, Properties } from "../host/kind.ts";
import { isLoopback } from "../host/loopback.ts";
import { HOSTED_ENDPOINT, type Management } from "../management/access.ts";
import { Database } from "./connection/database.ts";
import { createLogin } from "./connection/login-role.ts";
import { queryOverHttps } from "./connection/over-https.ts";
import { SSLMODES } from "./connection/target.ts";

/** The provider's configuration, parsed. */
export interface Configuration {
  /** Undefined where the configuration names none; needed by every kind that lives in a database. */
  projectRef: string | undefined;
  /** Undefined where no host is configured: `Password` and `HandOff` need none. */
  database: Database | undefined;
  /** Undefined where nothing can be asked; then an unreachable database is always an error. */
  management: Management | undefined;
}

const text = z.string().min(1);
// A program in YAML hands over a number.
const port = z.coerce.string().regex(/^\d+$/, "expected a port number");
/** Configuration of the provider, as the package schema has it. */
export const configuration = z.object({
  projectRef: text.optional().describe("Reference of the project whose database this is; named in errors."),
  host: text.optional().describe("Host of the database. Default: none, for programs without one."),
  port: port.default("5432").describe("Default 5432. The transaction pooler (6543) is refused: it keeps no session."),
  user: text.default("postgres").describe("Default `postgres`; through the session pooler `postgres.REF`."),
  password: text.optional().meta({ description: "Needed unless `credentials` is `login-role`.", secret: true }),
  database: text.default("postgres").describe("Default `postgres`."),
  sslmode: z
    .enum(SSLMODES)
    .default("require")
    .describe("Default `require`; less is accepted on loopback only. `verify-full` checks against `caCertificate`."),
  caCertificate: z
    .string()
    .startsWith("-----BEGIN CERTIFICATE-----", "expected a certificate in PEM form")
    .optional()
    .describe("PEM of the authority behind the server's certificate. Default: those Node knows."),
  applicationName: text
    .default("tailfire-environments")
    .describe("What sessions are called in `pg_stat_activity`. Default `tailfire-environments`."),
  poolerHost: text.optional().describe("Session pooler to use where `host` does not answer. Default: none is tried."),
  poolerPort: port.default("5432").describe("Default 5432."),
  poolerUser: text.optional().describe("Default `user`; on hosted projects `postgres.REF`."),
  credentials: z
    .enum(["password", "login-role"])
    .default("password")
    .describe(
      "Default `password`. `login-role` asks the Management API for a login that holds some minutes and acts as `postgres`; no password is then part of the configuration.",
    ),
  managementEndpoint: z
    .url()
    .optional()
    .describe(
      "Management API that is asked whether the project still exists when its database cannot be reached. Default: SUPABASE_API_ENDPOINT; without one, an unreachable database is always an error.",
    ),
  managementToken: text
    .optional()
    .meta({ description: "Default: SUPABASE_ACCESS_TOKEN, which is then not part of the state.", secret: true }),
});

/**
 * Parses provider configuration. What the Management API needs may also come from SUPABASE_API_ENDPOINT and
 * SUPABASE_ACCESS_TOKEN, which the Supabase provider reads too.
 */
export function parseConfiguration(
  args: Properties,
  env: Readonly<Record<string, string | undefined>> = process.env,
): { config?: Configuration; failures: CheckFailure[] } {
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== "" && value !== null));
  const parsed = configuration.safeParse(given);
  if (!parsed.success) return { failures: parsed.error.issues.map((issue) => toFailure(issue)) };
  const { managementEndpoint, managementToken } = parsed.data;
  const endpoint = managementEndpoint ?? env.SUPABASE_API_ENDPOINT ?? HOSTED_ENDPOINT;
  const token = managementToken ?? env.SUPABASE_ACCESS_TOKEN;
  const management = token && isSafe(endpoint) ? { endpoint, token } : undefined;
  const failures = contradictions(parsed.data, management);
  if (failures.length > 0) return { failures };
  const { projectRef, host } = parsed.data;
  const database = host ? databaseOf({ ...parsed.data, host }, management) : undefined;
  return { config: { projectRef, database, management }, failures: [] };
}

function databaseOf(
  given: z.infer<typeof configuration> & { host: string },
  management: Management | undefined,
): Database {
  const { host, port, user, password = "", database, sslmode, caCertificate, applicationName } = given;
  const { projectRef, poolerHost, poolerPort, poolerUser = user, credentials } = given;
  const target = { host, port: Number(port), user, password, database, sslmode, caCertificate, applicationName };
  const project = projectRef && management ? { projectRef, management } : undefined;
  return new Database(target, {
    ...(poolerHost ? { pooler: { host: poolerHost, port: Number(poolerPort), user: poolerUser } } : {}),
    ...(project ? { query: queryOverHttps(project) } : {}),
    ...(project && credentials === "login-role" ? { login: () => createLogin(project) } : {}),
  });
}

function contradictions(config: z.infer<typeof configuration>, management: Management | undefined): CheckFailure[] {
  const { host, password, sslmode, port, poolerPort, managementEndpoint, credentials, projectRef } = config;
  const failures: CheckFailure[] = [];
  const shortLived = credentials === "login-role";
  if (host !== undefined && password === undefined && !shortLived)
    failures.push({ property: "password", reason: "missing" });
  if (shortLived && (projectRef === undefined || management === undefined)) {
    const reason =
      "login-role needs projectRef, and a Management API with a token: set SUPABASE_ACCESS_TOKEN. Where only an " +
      "earlier up recorded login-role, and credentials is password now: npm run up -- STACK --no-refresh";
    failures.push({ property: "credentials", reason });
  }
  if (host !== undefined && ["disable", "prefer"].includes(sslmode) && !isLoopback(host)) {
    failures.push({
      property: "sslmode",
      reason: `${sslmode} is for this machine only; ${host} needs require or more`,
    });
  }
  for (const [property, value] of Object.entries({ port, poolerPort })) {
    if (value !== "6543") continue;
    const reason =
      "6543 is the transaction pooler, which keeps no session; use the direct host or the session pooler (5432)";
    failures.push({ property, reason });
  }
  if (managementEndpoint !== undefined && !isSafe(managementEndpoint)) {
    failures.push({ property: "managementEndpoint", reason: `${managementEndpoint} would send the token in clear` });
  }
  return failures;
}

function isSafe(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}
