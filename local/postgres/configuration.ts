import type { ProjectLayout } from "../layout.ts";
import { EARLIER_QUERY_USER, QUERY_USER } from "./query-user.ts";
import type { Variant } from "./variant.ts";

/** Where one cluster lies and listens. */
export interface ClusterPlace {
  files: ProjectLayout;
  host: string;
  port: number;
  access: Access;
  variant: Variant;
}

/**
 * postgresql.conf of a project. Connections, time-out, logging and statement statistics are those of the smallest
 * hosted size. fsync is off: a crash of a process loses nothing, a crash of the machine may cost the cluster, and
 * everything in it can be provisioned again.
 */
export function clusterSettings(place: ClusterPlace): string {
  const settings: Record<string, string | number> = {
    listen_addresses: place.host,
    port: place.port,
    unix_socket_directories: "",
    max_connections: 60,
    password_encryption: "scram-sha-256",
    ssl: "on",
    ssl_cert_file: place.files.certificate,
    ssl_key_file: place.files.key,
    ssl_min_protocol_version: "TLSv1.2",
    shared_preload_libraries: "pg_stat_statements, auto_explain",
    "pg_stat_statements.track_utility": "on",
    "auto_explain.log_min_duration": "10s",
    "platform.wrapper_owner": place.variant.wrapper.toUpperCase(),
    cluster_name: "main",
    default_text_search_config: "pg_catalog.english",
    extra_float_digits: 0,
    max_replication_slots: 5,
    log_destination: "stderr",
    log_line_prefix: "%h %m [%p] %q%u@%d ",
    log_connections: "on",
    log_statement: "ddl",
    log_timezone: "UTC",
    timezone: "UTC",
    statement_timeout: "2min",
    wal_level: "logical",
    shared_buffers: "32MB",
    max_wal_size: "256MB",
    min_wal_size: "16MB",
    dynamic_shared_memory_type: "posix",
    huge_pages: "off",
    jit: "off",
    fsync: "off",
    full_page_writes: "off",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}`);
  return `# Written at every start of the local cloud; changes made here are lost.\n${lines.join("\n")}\n`;
}

/** Who may connect to a project, and how. */
export interface Access {
  sslEnforced: boolean;
  /** IPv4 ranges clients may come from; "0.0.0.0/0" for everybody. */
  allowed: string[];
  /** Where the shared pooler connects from; it checks its clients itself. */
  pooler: string;
}

/** Logins of the local cloud itself: they connect without TLS, and no restriction of a customer keeps them out. */
const OWN_LOGINS = [
  ...["supabase_admin", QUERY_USER, EARLIER_QUERY_USER, "supabase_read_only_user", "pgbouncer"],
  "supabase_auth_admin",
];

/** pg_hba.conf of a project. SCRAM for everybody: with `trust` a foreign server would refuse non-superusers (2F003). */
export function hostBasedAuthentication(access: Access): string {
  const type = access.sslEnforced ? "hostssl" : "host";
  const open = access.allowed.includes("0.0.0.0/0");
  const ranges = open ? ["127.0.0.0/8"] : [`${access.pooler}/32`, ...access.allowed];
  return [
    "# Written at every start of the local cloud; changes made here are lost.",
    `host all ${OWN_LOGINS.join(",")} 127.0.0.0/8 scram-sha-256`,
    ...ranges.map((range) => `${type} all all ${range} scram-sha-256`),
    ...ranges.map((range) => `${type} replication all ${range} scram-sha-256`),
    "",
  ].join("\n");
}

function quote(value: string | number): string {
  return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
