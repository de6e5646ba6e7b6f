import type { HandOffContent } from "./open-hand-off.ts";

/** Where the publisher's database is, as the hand-off says it. */
type Publisher = Pick<HandOffContent, "host" | "port" | "database" | "sslmode">;

/**
 * Options of the foreign server. connect_timeout has no effect in postgres_fdw 17, so tcp_user_timeout bounds an
 * unanswered connection; keep-alives find a dead one; the catalog is never written through the server.
 *
 * fdw_tuple_cost makes the rows that cross the network decide the plan: at its default of 0.2 a join of large tables
 * counts as dearer on the publisher than here, and whole tables are fetched. use_remote_estimate stays off: it asks the
 * publisher dozens of times per plan. Figures: docs/measurements/catalog-performance.md.
 */
export function serverOptions(
  reader: Publisher,
  stack: string,
  options: {
    /** File on the machine of the subscriber's database server; the publisher's certificate is then checked with it. */
    caFile?: string | undefined;
  } = {},
): Record<string, string> {
  return {
    host: reader.host,
    port: String(reader.port),
    dbname: reader.database,
    // Encrypted, and not checked: a hosted database has no place for a file with the platform's authority.
    sslmode: options.caFile ? "verify-full" : reader.sslmode,
    ...(options.caFile ? { sslrootcert: options.caFile } : {}),
    application_name: `catalog of ${stack}`,
    fdw_tuple_cost: "10000",
    fetch_size: "1000",
    keepalives: "1",
    keepalives_idle: "30",
    keepalives_interval: "10",
    keepalives_count: "3",
    tcp_user_timeout: "5000",
    truncatable: "false",
    updatable: "false",
  };
}
