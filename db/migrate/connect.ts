import type { Sql } from "postgres";
import { openSessions } from "../connection/open.ts";
import { addressOf, type ConnectionTarget, connectionOf, type Login, tlsOf } from "../connection.ts";
import { MigrationError } from "./errors.ts";

/**
 * One connection for migrations, with its name in pg_stat_activity. TLS is used unless the host of a connection string is
 * this machine.
 * @param to a connection string, or a login in parts
 */
export function connectForMigrations(
  to: string | Login,
  options: { applicationName?: string; onNotice?: (message: string) => void } = {},
): Sql {
  const target = read(to);
  return openSessions({
    url: target.url,
    max: 1,
    connect_timeout: 30,
    ...addressOf(target),
    ssl: tlsOf(target),
    // The runner says before each migration how long a statement of it may take.
    connection: { application_name: options.applicationName ?? "db:migrate", statement_timeout: 0 },
    onnotice: ({ severity, message }) => options.onNotice?.(`${severity}: ${message}`),
  });
}

function read(to: string | Login): ConnectionTarget {
  try {
    return connectionOf(to);
  } catch (cause) {
    throw new MigrationError("connection", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
