import postgres, { type Sql } from "postgres";
import { addressOf, parseConnection, tlsOf } from "../connection.ts";

/** One connection for migrations: TLS unless the host is this machine, and its name in pg_stat_activity. */
export function connectForMigrations(
  connectionString: string,
  options: { applicationName?: string; onNotice?: (message: string) => void } = {},
): Sql {
  const target = parseConnection(connectionString);
  return postgres(target.url, {
    max: 1,
    ...addressOf(target),
    ssl: tlsOf(target),
    fetch_types: false,
    connection: { application_name: options.applicationName ?? "db:migrate" },
    onnotice: ({ severity, message }) => options.onNotice?.(`${severity}: ${message}`),
  });
}
