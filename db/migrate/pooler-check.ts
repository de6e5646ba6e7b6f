import { MigrationError } from "./errors.ts";

/** The error for a connection whose server process changed under the run. */
export function switchedBackend(): MigrationError {
  return new MigrationError(
    "transaction-pooler",
    "The server process behind this connection changed, so the migration lock is not held: a transaction pooler stands between. " +
      "Connect directly or through the session pooler (port 5432).",
  );
}
