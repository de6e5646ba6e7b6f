import { z } from "zod";
import { toFailure } from "../host/check.ts";
import type { CheckFailure, Properties } from "../host/kind.ts";
import { isLoopback } from "../host/loopback.ts";
import { Database } from "./database.ts";

/** How a database is reached. */
export interface Target {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  sslmode: Sslmode;
  /** PEM of the authority that signed the server's certificate; undefined means the ones Node knows. */
  caCertificate: string | undefined;
  applicationName: string;
}

/** How the Management API is asked whether a project still exists. */
export interface Management {
  endpoint: string;
  token: string;
}

/** The provider's configuration, parsed. */
export interface Configuration {
  /** Undefined where the configuration names none; needed by every kind that lives in a database. */
  projectRef: string | undefined;
  /** Undefined where no host is configured: `Password` and `HandOff` need none. */
  database: Database | undefined;
  /** Undefined where nothing can be asked; then an unreachable database is always an error. */
  management: Management | undefined;
}

const SSLMODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
export type Sslmode = (typeof SSLMODES)[number];

/** The Management API of the hosted platform, for whoever names no other. */
const HOSTED_API = "https://api.supabase.com";

const text = z.string().min(1);
const schema = z.object({
  projectRef: text.optional(),
  host: text.optional(),
  port: z.string().regex(/^\d+$/, "expected a port number").default("5432"),
  user: text.default("postgres"),
  password: text.optional(),
  database: text.default("postgres"),
  sslmode: z.enum(SSLMODES).default("require"),
  caCertificate: z.string().startsWith("-----BEGIN CERTIFICATE-----", "expected a certificate in PEM form").optional(),
  applicationName: text.default("tailfire-environments"),
  managementEndpoint: z.url().optional(),
  managementToken: text.optional(),
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
  const parsed = schema.safeParse(given);
  if (!parsed.success) return { failures: parsed.error.issues.map(toFailure) };
  const failures = contradictions(parsed.data);
  if (failures.length > 0) return { failures };
  const { projectRef, host, port, password, managementEndpoint, managementToken, ...rest } = parsed.data;
  const endpoint = managementEndpoint ?? env.SUPABASE_API_ENDPOINT ?? HOSTED_API;
  const token = managementToken ?? env.SUPABASE_ACCESS_TOKEN;
  const target = { ...rest, host: host ?? "", port: Number(port), password: password ?? "" };
  const database = host ? new Database({ caCertificate: undefined, ...target }) : undefined;
  const management = token && isSafe(endpoint) ? { endpoint, token } : undefined;
  return { config: { projectRef, database, management }, failures: [] };
}

function contradictions(config: z.infer<typeof schema>): CheckFailure[] {
  const { host, password, sslmode, port, managementEndpoint } = config;
  const failures: CheckFailure[] = [];
  if (host !== undefined && password === undefined) failures.push({ property: "password", reason: "missing" });
  if (host !== undefined && ["disable", "prefer"].includes(sslmode) && !isLoopback(host)) {
    failures.push({
      property: "sslmode",
      reason: `${sslmode} is for this machine only; ${host} needs require or more`,
    });
  }
  if (port === "6543") {
    failures.push({
      property: "port",
      reason:
        "6543 is the transaction pooler, which keeps no session; use the direct host or the session pooler (5432)",
    });
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
