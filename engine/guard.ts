import { isIPv4 } from "node:net";
import { RefusedError } from "./error.ts";
import type { LogSettings } from "./result.ts";

/** Where a stack lives: on this machine only, or in the user's own accounts. */
export type Cloud = "local" | "hosted";

/** Variables that point somewhere else, and therefore never reach a local stack. */
export const remoteVariables = [
  "SUPABASE_ACCESS_TOKEN",
  "SUPABASE_API_ENDPOINT",
  "PULUMI_BACKEND_URL",
  "PULUMI_ACCESS_TOKEN",
  "DATABASE_URL",
  "DIRECT_URL",
] as const;

/**
 * Whether a URL names this machine: 127.0.0.0/8 in any spelling, ::1 or `localhost`. Other names are never resolved,
 * so a public name that answers with a loopback address does not pass; nor does a URL with parameters that name
 * another host than its own.
 */
export function isLoopback(url: string): boolean {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return false;
  }
  if (/[?&](host|hostaddr|service)=/i.test(parsed.search)) return false;
  const host = parsed.hostname.toLowerCase();
  if (host === "localhost" || host === "[::1]") return true;
  return isIPv4(host) && host.startsWith("127.");
}

/** Refuses a URL that leaves this machine. @throws RefusedError naming the setting, never the URL's credentials. */
export function requireLoopback(name: string, url: string): void {
  if (isLoopback(url)) return;
  throw new RefusedError({
    attempted: `Using ${name} for a local stack`,
    answered: `${describeEndpoint(url)} is not a loopback address (127.0.0.0/8, ::1, localhost)`,
    next: "Local stacks never leave this machine. Unset it, or name the hosted stack with --cloud hosted.",
  });
}

interface LocalOptions {
  readonly stack: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/** Refuses a local stack whose environment or configuration leaves this machine; says what of this process it leaves out. */
export function refuseRemote(options: LocalOptions, say: (text: string) => void): void {
  for (const [name, value] of Object.entries(options.env ?? {})) {
    if (/(ENDPOINT|URL)$/.test(name)) requireLoopback(name, value);
  }
  for (const [key, value] of Object.entries(options.config ?? {})) {
    if (typeof value === "string" && /^(https?|postgres(ql)?):\/\//.test(value)) requireLoopback(key, value);
  }
  const ignored = remoteVariables.filter((name) => process.env[name] && process.env[name] !== options.env?.[name]);
  if (ignored.length > 0) say(`Ignored, because stack ${options.stack} is local: ${ignored.join(", ")}`);
}

/**
 * Refuses log settings with which the engine prints secret inputs and outputs in clear (`--debug`, `-v` from 3 on,
 * `PULUMI_DEBUG_GRPC`), unless the stack is local or the caller said so twice.
 * @throws RefusedError naming each setting at fault.
 */
export function requireQuietLogs(cloud: Cloud, settings: LogSettings, env: NodeJS.ProcessEnv = process.env): void {
  if (cloud === "local" || settings.secretsInLogsAccepted) return;
  const loud = [
    settings.debug ? "--debug" : undefined,
    (settings.verbosity ?? 0) >= 3 ? `-v ${settings.verbosity}` : undefined,
    env.PULUMI_DEBUG_GRPC ? "PULUMI_DEBUG_GRPC" : undefined,
  ].filter((name) => name !== undefined);
  if (loud.length === 0) return;
  throw new RefusedError({
    attempted: `Running a hosted stack with ${loud.join(" and ")}`,
    answered: "the engine prints secrets in clear at this log level",
    next: "Use -v 2 or less, or add both --show-secrets-in-logs and --yes-really, and keep the log to yourself.",
  });
}

function describeEndpoint(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return "the value, which is not a URL,";
  }
}
