// What may stand behind the question mark of a connection string, or in the environment: libpq's keywords, and those that
// platforms put into the strings they hand out. What is in none of the lists is refused by name, as libpq does.

/** libpq's environment variable for a keyword the string leaves out. PGAPPNAME is left out: each command has its own name. */
export const environmentNames: Readonly<Record<string, string>> = {
  host: "PGHOST",
  port: "PGPORT",
  dbname: "PGDATABASE",
  user: "PGUSER",
  password: "PGPASSWORD",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  channel_binding: "PGCHANNELBINDING",
  gssencmode: "PGGSSENCMODE",
  require_auth: "PGREQUIREAUTH",
  connect_timeout: "PGCONNECT_TIMEOUT",
  options: "PGOPTIONS",
  target_session_attrs: "PGTARGETSESSIONATTRS",
  service: "PGSERVICE",
  // Those below libpq would obey too: what this client cannot do is refused.
  hostaddr: "PGHOSTADDR",
  passfile: "PGPASSFILE",
  requirepeer: "PGREQUIREPEER",
  sslcrl: "PGSSLCRL",
  sslcrldir: "PGSSLCRLDIR",
  sslcertmode: "PGSSLCERTMODE",
  sslnegotiation: "PGSSLNEGOTIATION",
  sslcompression: "PGSSLCOMPRESSION",
  sslsni: "PGSSLSNI",
  ssl_min_protocol_version: "PGSSLMINPROTOCOLVERSION",
  ssl_max_protocol_version: "PGSSLMAXPROTOCOLVERSION",
  krbsrvname: "PGKRBSRVNAME",
  gsslib: "PGGSSLIB",
  gssdelegation: "PGGSSDELEGATION",
  client_encoding: "PGCLIENTENCODING",
  load_balance_hosts: "PGLOADBALANCEHOSTS",
};

/** Keywords that `parseConnection` reads, with the values they may have where those are few. */
const understood: Readonly<Record<string, RegExp>> = {
  host: /^/,
  port: /^/,
  dbname: /^/,
  user: /^/,
  password: /^/,
  sslmode: /^(?:disable|allow|prefer|require|verify-ca|verify-full)$/,
  sslrootcert: /^/,
  sslcert: /^/,
  sslkey: /^/,
  sslpassword: /^/,
  channel_binding: /^(?:disable|prefer|require)$/,
  target_session_attrs: /^(?:any|read-write|read-only|primary|standby|prefer-standby)$/,
  options: /^/,
  application_name: /^/,
  connect_timeout: /^-?\d+$/,
  keepalives: /^[01]$/,
  keepalives_idle: /^\d+$/,
  // Prisma's.
  pgbouncer: /^(?:true|false)$/,
  schema: /^/,
  connection_limit: /^[1-9]\d*$/,
};

/**
 * Keywords and the values under which they ask for nothing that this client would not do anyway, or only tune what it has not:
 * they are taken and left out.
 */
const withoutEffect: Readonly<Record<string, RegExp>> = {
  gssencmode: /^(?:disable|prefer)$/,
  gssdelegation: /^0$/,
  krbsrvname: /^/,
  gsslib: /^/,
  // Node.js sets the idle time of a keep-alive only.
  keepalives_interval: /^\d+$/,
  keepalives_count: /^\d+$/,
  tcp_user_timeout: /^\d+$/,
  fallback_application_name: /^/,
  client_encoding: /^(?:auto|utf-?8|unicode)$/i,
  replication: /^(?:0|false|off|no)$/,
  load_balance_hosts: /^disable$/,
  sslcompression: /^[01]$/,
  sslcertmode: /^allow$/,
  sslsni: /^1$/,
  sslnegotiation: /^postgres$/,
  require_auth: /^$/,
  // How long Prisma waits for a connection of its pool; which product made the string (Supabase, Vercel); node-postgres.
  pool_timeout: /^\d+$/,
  supa: /^/,
  workaround: /^/,
  uselibpqcompat: /^/,
};

/** What to do instead, for those that are refused. */
const instead: Readonly<Record<string, string>> = {
  sslmode:
    "it is one of disable, allow, prefer, require, verify-ca and verify-full; nothing is sent over what it may mean",
  ssl: "write sslmode=require, or sslmode=disable",
  sslcrl: "this client reads no list of certificates taken back",
  sslcrldir: "this client reads no list of certificates taken back",
  ssl_min_protocol_version: "Node.js chooses the version of TLS, 1.2 or newer",
  ssl_max_protocol_version: "Node.js chooses the version of TLS, 1.2 or newer",
  hostaddr: "give the address as the host",
  service: "pg_service.conf is not read: write host, user and database into the string",
  passfile: "no password file is read: put the password into the string or PGPASSWORD",
  requirepeer: "this client cannot ask which user the server runs as",
  require_auth: "this client cannot choose how the server asks for a password",
  gssencmode: "this client has no GSS encryption: leave it out, or write gssencmode=disable",
  client_encoding: "this client speaks UTF-8 only",
  replication: "this client does not replicate",
  channel_binding: "it is one of disable, prefer and require",
  target_session_attrs: "it is one of any, read-write, read-only, primary, standby and prefer-standby",
  prepare: "a pooler is told by pgbouncer=true",
};

/** The same for a variable of the environment that stands for a parameter. */
export function problemOfVariable(keyword: string, value: string): string[] {
  return problemOf(keyword, value).map(
    (problem) => `${environmentNames[keyword]} of the environment: ${problem}. Or unset it`,
  );
}

/** What is wrong with a parameter, by its name; never with its value, which may be of a password. */
export function problemOf(keyword: string, value: string): string[] {
  // `ssl=true` is JDBC's, which libpq takes as well.
  if (keyword === "ssl") return /^(?:true|1|false|0)$/.test(value) ? [] : [`ssl: ${instead.ssl}`];
  const allowed = understood[keyword] ?? withoutEffect[keyword];
  if (!allowed) {
    const next = instead[keyword] ?? "a setting of the server goes into options=-c%20NAME%3DVALUE";
    return [`${keyword} is no parameter this client knows: ${next}`];
  }
  if (keyword === "password" && /^\[?your-password\]?$/i.test(value)) {
    return ["the password is the placeholder [YOUR-PASSWORD]: put the database's password there, percent-encoded"];
  }
  if (allowed.test(value)) return [];
  return [`${keyword} cannot be what it is here${instead[keyword] ? `: ${instead[keyword]}` : ""}`];
}
