import { isIPv6 } from "node:net";
import { userInfo } from "node:os";
import { environmentNames, problemOf, problemOfVariable } from "./connection/parameters.ts";
import { saslPrepared } from "./connection/saslprep.ts";
import { type Tls, type TlsWish, tlsFor, tlsProblems } from "./connection/tls.ts";
import { encodeIt, type Parameters, readUrl } from "./connection/url.ts";

/** Where a connection string leads, however it is written. */
export interface ConnectionTarget {
  /** One entry per host, in the order they are tried; IPv6 addresses without brackets. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly database: string;
  /** For postgres.js, besides `addressOf` and `tlsOf`: user, password as SCRAM takes it, and the parameters it understands. */
  readonly url: string;
  /** What the string says about TLS. */
  readonly tls: TlsWish;
  /** True where the string says that a pooler stands between (`pgbouncer=true`), on whatever port. */
  readonly pooled: boolean;
  /** How many connections a pool may open (`connection_limit`); undefined where the string does not say. */
  readonly poolSize: number | undefined;
}

/** Where a database is and who logs in, in parts: nothing of it is percent-encoded. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const transactionPoolerPort = 6543;
const defaultPort = 5432;
/** Reads a connection string, or takes a login in parts, for which TLS is required on every host. */
export function connectionOf(given: string | Login): ConnectionTarget {
  if (typeof given === "string") return parseConnection(given);
  const { host, port, user, password, database } = given;
  const parameters = new Map([
    ["password", password],
    ["sslmode", "require"],
  ]);
  return {
    hosts: [{ host, port }],
    database,
    url: urlFor(user, parameters),
    tls: tlsWish(parameters),
    pooled: false,
    poolSize: undefined,
  };
}

/**
 * Reads a connection string as libpq does: several hosts, brackets around IPv6, percent-encoding, every parameter, and the
 * environment for what is left out. What platforms add to their strings is understood too; everything else is refused by name.
 * Throws an Error with all that is wrong, and never with a part of the string that may be of a password.
 */
export function parseConnection(
  connectionString: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ConnectionTarget {
  const parameters = readUrl(connectionString);
  const problems = [...parameters].flatMap(([keyword, value]) => problemOf(keyword, value));
  for (const [keyword, name] of Object.entries(environmentNames)) {
    const value = environment[name];
    if (!value || parameters.has(keyword) || (keyword === "passfile" && parameters.has("password"))) continue;
    parameters.set(keyword, value);
    problems.push(...problemOfVariable(keyword, value));
  }
  const hosts = hostsOf(parameters, problems);
  const tls = tlsWish(parameters);
  const pooled = parameters.get("pgbouncer") === "true";
  if (problems.length === 0) problems.push(...tlsProblems(tls), ...poolerProblems(parameters, { hosts, pooled }));
  if (problems.length > 0) throw new Error(`The connection string cannot be used:\n  - ${problems.join("\n  - ")}`);
  const limit = parameters.get("connection_limit");
  const user = parameters.get("user") ?? userInfo().username;
  return {
    hosts,
    database: parameters.get("dbname") ?? user,
    url: urlFor(user, parameters),
    tls,
    pooled,
    poolSize: limit === undefined ? undefined : Number(limit),
  };
}

function hostsOf(parameters: Parameters, problems: string[]): ConnectionTarget["hosts"] {
  const hosts = (parameters.get("host") ?? "localhost").split(",");
  const ports = (parameters.get("port") ?? "").split(",");
  if (ports.length !== 1 && ports.length !== hosts.length) {
    problems.push(`${ports.length} ports do not go with ${hosts.length} hosts: give one, or one for each`);
  }
  return hosts.map((written, index) => {
    const host = /^\[(.*)\]$/.exec(written)?.[1] ?? (written || "localhost");
    const port = Number((ports.length === 1 ? ports[0] : ports[index]) || defaultPort);
    if (!/^(?:\/.*|[\w.-]+)$/.test(host) && !isIPv6(host))
      problems.push(`what stands for the host is none. ${encodeIt}`);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) problems.push("port is not a number from 1 to 65535");
    return { host: host.startsWith("/") ? host : host.toLowerCase(), port };
  });
}

function tlsWish(parameters: Parameters): TlsWish {
  const ssl = parameters.get("ssl");
  const byJdbc = ssl === undefined ? undefined : /^(?:true|1)$/.test(ssl) ? "require" : "disable";
  return {
    mode: parameters.get("sslmode") ?? byJdbc,
    rootCertificate: parameters.get("sslrootcert"),
    certificate: parameters.get("sslcert"),
    key: parameters.get("sslkey"),
    keyPassword: parameters.get("sslpassword"),
    bound: parameters.get("channel_binding") === "require",
  };
}

function poolerProblems(parameters: Parameters, target: Pick<ConnectionTarget, "hosts" | "pooled">): string[] {
  const schema = searchPath(parameters);
  if (schema === undefined || !isPooler(target)) return [];
  return [`schema: a pooler does not keep it. Set it for the role: alter role ... set search_path = ${schema}`];
}

/** Prisma's `schema` is where unqualified names are looked up; `public` is that anyway. */
function searchPath(parameters: Parameters): string | undefined {
  const schema = parameters.get("schema");
  return schema === undefined || schema === "public" ? undefined : `"${schema.replaceAll('"', '""')}"`;
}

function urlFor(user: string, parameters: Parameters): string {
  const attributes = parameters.get("target_session_attrs");
  const seconds = parameters.get("connect_timeout");
  const known = {
    application_name: parameters.get("application_name"),
    options: parameters.get("options"),
    // For libpq nothing below one second is a limit.
    connect_timeout: seconds?.startsWith("-") ? "0" : seconds,
    keep_alive: parameters.get("keepalives") === "0" ? "0" : parameters.get("keepalives_idle"),
    target_session_attrs: attributes === "any" ? undefined : attributes,
    search_path: searchPath(parameters),
  };
  const query = Object.entries(known).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const password = saslPrepared(parameters.get("password") ?? "");
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@localhost?${query.join("&")}`;
}

/** A host of this machine: 127.0.0.0/8, ::1, localhost or a socket folder. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("/") || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A pooler: where the string says so, Supabase's shared one by its name, a transaction pooler also by its port. */
export function isPooler({ hosts, pooled }: Pick<ConnectionTarget, "hosts" | "pooled">): boolean {
  const known = /(^|\.)pooler\.supabase\.com\.?$/;
  return pooled || hosts.some(({ host, port }) => port === transactionPoolerPort || known.test(host));
}

/** TLS as the connection string asks for it; where it says nothing, required as soon as a host is not this machine. */
export function tlsOf({ hosts, tls }: Pick<ConnectionTarget, "hosts" | "tls">): Tls {
  const names = hosts.map(({ host }) => host);
  return tlsFor(tls, names, names.every(isLoopback) ? "disable" : "require");
}

/**
 * Hosts and database as options of postgres.js: in a URL it would split hosts at colons, which cuts an IPv6 address, and would
 * not decode the database's name.
 */
export function addressOf({ hosts, database }: Pick<ConnectionTarget, "hosts" | "database">): {
  host?: string;
  port?: number;
  path?: string;
  database: string;
} {
  const [first] = hosts;
  if (first?.host.startsWith("/")) return { path: `${first.host}/.s.PGSQL.${first.port}`, database };
  const lists = { host: hosts.map(({ host }) => host), port: hosts.map(({ port }) => port), database };
  // postgres.js takes lists of hosts and ports, which its types do not say.
  return lists as unknown as { host: string; port: number; database: string };
}
