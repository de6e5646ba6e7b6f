import { parseConnection } from "../../db/connection.ts";
import { MigrationError } from "../../db/migrate/errors.ts";
import { EngineError } from "../../engine/error.ts";
import { defaultDataDir } from "../../engine/paths.ts";
import { whyDead } from "../../local/whereabouts.ts";
import { describeError } from "../../operations/drift/core/describe-error.ts";

/** What a session says that was never had. */
const UNREACHABLE = /^(ECONNREFUSED|CONNECT_TIMEOUT|ECONNRESET|CONNECTION_CLOSED|CONNECTION_ENDED|57P03)$/;

/**
 * The error to show for one that a database ended a command with. Where it could not be reached because it is one of a
 * local cloud that does not run, that is said with the command that starts it; any other error comes back as it is.
 * @param url the connection string that was used
 */
export async function ofDeadCloud(error: unknown, url: string): Promise<unknown> {
  const code = codeOf(error);
  if (!UNREACHABLE.test(code)) return error;
  const { hosts } = parseConnection(url);
  const reasons = await Promise.all(hosts.map((address) => whyDead(defaultDataDir(), address).catch(() => undefined)));
  const next = reasons.find((reason) => reason !== undefined);
  if (next === undefined) return error;
  const addresses = hosts.map(({ host, port }) => `${host}:${port}`).join(", ");
  const fields = { attempted: `Connecting to ${addresses}`, answered: describeError(causeOf(error)), next };
  return new EngineError(fields, { cause: error });
}

const causeOf = (error: unknown): unknown => (error instanceof MigrationError ? (error.cause ?? error) : error);

function codeOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
