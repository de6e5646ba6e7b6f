import { MigrationError, type MigrationErrorCode } from "../../db/migrate/errors.ts";
import {
  EngineError,
  InterruptedError,
  RefusedError,
  StackBusyError,
  UnexpectedChangesError,
} from "../../engine/error.ts";
import { describeError } from "../../operations/drift/core/describe-error.ts";
import { UsageError } from "./arguments.ts";
import type { Ending } from "./exit-codes.ts";

/** Codes of the migration runner that mean it changed nothing. */
const refusals: ReadonlySet<MigrationErrorCode> = new Set<MigrationErrorCode>([
  "edited",
  "deleted",
  "unknown",
  "out-of-order",
  "settings",
  "transaction-pooler",
  "unsupported",
  "interrupted",
]);

/** How a command ends that was ended by `error`. */
export function endingOf(error: unknown): Ending {
  if (error instanceof UsageError) return "usage";
  if (error instanceof StackBusyError) return "busy";
  if (error instanceof UnexpectedChangesError) return "notAsDeclared";
  if (error instanceof RefusedError) return "refused";
  if (error instanceof InterruptedError) return "interrupted";
  if (!(error instanceof MigrationError)) return "failed";
  if (error.code === "lock-timeout") return "busy";
  return refusals.has(error.code) ? "refused" : "failed";
}

/** What is said of an error: never a stack trace, unless TAILFIRE_STACKTRACE is set and the error is one of our mistakes. */
export function textOf(error: unknown): string {
  const expected = error instanceof EngineError || error instanceof UsageError || error instanceof MigrationError;
  if (expected) return error.message;
  if (process.env.TAILFIRE_STACKTRACE && error instanceof Error && error.stack) return error.stack;
  return describeError(error);
}

/** The same for `--json`: with the name of the ending as code, or the runner's own code, and the parts of the message. */
export function errorDocument(error: unknown): object {
  if (error instanceof MigrationError) return error;
  const fields = error instanceof EngineError ? error.fields : {};
  return { code: endingOf(error), message: textOf(error), ...fields };
}
