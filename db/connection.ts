import { readFileSync } from "node:fs";

/** Where a connection string leads, however it is written. */
export interface ConnectionTarget {
  /** One entry per host, in the order they are tried; IPv6 addresses without brackets. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** The connection string without its `host`, `port` and `ssl...` parameters. */
  readonly url: string;
  /** What `sslmode` (or `ssl`) asks for; undefined where it is not given. */
  readonly sslMode: string | undefined;
  /** Path of the file with the certificate authority to trust, as libpq's `sslrootcert`. */
  readonly sslRootCertificate: string | undefined;
  /** Who logs in where, where that was given in parts. */
  readonly login?: Pick<Login, "user" | "password" | "database">;
}

/** Where a database is and who logs in, in parts: nothing of it is percent-encoded. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** TLS as postgres.js takes it. */
export type Tls =
  | false
  | "require"
  | "prefer"
  | "allow"
  | { ca?: string; rejectUnauthorized: boolean; servername?: string };

const transactionPoolerPort = 6543;
const hostsOfUrl = /^(?<scheme>[a-z]+:\/\/)(?:(?<user>[^/?#]*)@)?(?<hosts>[^/?#]*)(?<rest>.*)$/is;

function splitHost(entry: string, defaultPort: number): { host: string; port: number } {
  const match = /^(?:\[(?<bracketed>[^\]]*)\]|(?<plain>[^:]*))(?::(?<port>\d+))?$/.exec(entry);
  const host = match?.groups?.bracketed ?? match?.groups?.plain ?? entry;
  return { host: host.toLowerCase(), port: Number(match?.groups?.port ?? defaultPort) };
}

/** Reads a connection string, or takes a login in parts, for which TLS is required on every host. */
export function connectionOf(given: string | Login): ConnectionTarget {
  if (typeof given === "string") return parseConnection(given);
  const { host, port, ...login } = given;
  return {
    hosts: [{ host, port }],
    url: "postgres://localhost",
    sslMode: "require",
    sslRootCertificate: undefined,
    login,
  };
}

/**
 * Reads a connection string as libpq does: several hosts, brackets around IPv6, percent-encoding, `host` and `port` as
 * parameters. Throws without repeating the string, which may hold a password.
 */
export function parseConnection(connectionString: string): ConnectionTarget {
  const parts = hostsOfUrl.exec(connectionString.trim())?.groups;
  if (!parts || !/^postgres(ql)?:\/\/$/i.test(parts.scheme ?? "")) {
    throw new Error("The connection string is no URL. Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE.");
  }
  const [path = "", query = ""] = (parts.rest ?? "").split("?", 2);
  const parameters = new URLSearchParams(query);
  const take = (name: string) => {
    const value = parameters.get(name) ?? undefined;
    parameters.delete(name);
    return value;
  };
  const ports = take("port")?.split(",");
  const written = decodeURIComponent(take("host") ?? parts.hosts ?? "");
  const hosts = (written || "localhost").split(",").map((entry, index) => {
    const port = Number(ports?.[index] ?? ports?.[0] ?? process.env.PGPORT ?? 5432);
    return /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(entry) ? { host: entry, port } : splitHost(entry, port);
  });
  const sslMode = take("sslmode") ?? take("ssl");
  const sslRootCertificate = take("sslrootcert");
  const user = parts.user === undefined ? "" : `${parts.user}@`;
  const rest = parameters.size === 0 ? path : `${path}?${parameters}`;
  return { hosts, sslMode, sslRootCertificate, url: `postgres://${user}localhost${rest}` };
}

/** A host of this machine: 127.0.0.0/8, ::1, localhost or a socket folder. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("/") || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Supabase's poolers: the shared one by its name, a transaction pooler also by its port. */
export function isPooler({ hosts }: Pick<ConnectionTarget, "hosts">): boolean {
  return hosts.some(({ host, port }) => port === transactionPoolerPort || /(^|\.)pooler\.supabase\.com\.?$/.test(host));
}

/** TLS as the connection string asks for it; where it says nothing, required as soon as a host is not this machine. */
export function tlsOf({ hosts, sslMode, sslRootCertificate }: ConnectionTarget): Tls {
  const mode = sslMode ?? (hosts.every(({ host }) => isLoopback(host)) ? "disable" : "require");
  if (["disable", "false", "off"].includes(mode)) return false;
  if (mode === "prefer" || mode === "allow") return mode;
  if (mode !== "verify-full" && mode !== "verify-ca") return "require";
  return {
    rejectUnauthorized: true,
    servername: hosts[0]?.host,
    ...(sslRootCertificate && sslRootCertificate !== "system" ? { ca: readFileSync(sslRootCertificate, "utf8") } : {}),
  };
}

/**
 * The hosts as postgres.js reads them without splitting at colons, which would cut an IPv6 address, and the login where
 * it was given in parts.
 */
export function addressOf(target: ConnectionTarget): { host?: string; port?: number; path?: string } {
  return { ...hostsOf(target), ...target.login };
}

function hostsOf({ hosts }: ConnectionTarget): { host?: string; port?: number; path?: string } {
  const [first] = hosts;
  if (first?.host.startsWith("/")) return { path: `${first.host}/.s.PGSQL.${first.port}` };
  const lists = { host: hosts.map(({ host }) => host), port: hosts.map(({ port }) => port) };
  // postgres.js takes lists of hosts and ports, which its types do not say.
  return lists as unknown as { host: string; port: number };
}
