import type { ClusterPlace } from "./cluster.ts";

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
    shared_preload_libraries: "pg_stat_statements",
    "pg_stat_statements.track_utility": "on",
    log_destination: "stderr",
    log_line_prefix: "%m [%p] %q%u@%d ",
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

/** SCRAM for everybody: with `trust` a foreign server would refuse non-superusers (2F003). */
export const hostBasedAuthentication = [
  "# Written at every start of the local cloud; changes made here are lost.",
  "host all         all 127.0.0.0/8 scram-sha-256",
  "host replication all 127.0.0.0/8 scram-sha-256",
  "",
].join("\n");

function quote(value: string | number): string {
  return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
