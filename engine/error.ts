import type { OperationResult } from "./result.ts";

/** What an {@link EngineError} says: what was attempted, on which object, what was answered, what to do next. */
export interface EngineErrorFields {
  /** What was attempted, as a phrase: "up of stack prod". */
  readonly attempted: string;
  /** What the other side answered. Never holds a secret: engine output is passed through with secrets masked. */
  readonly answered: string;
  /** What the reader can do about it. */
  readonly next: string;
  /** Name of the failing resource, when one is known. */
  readonly resource?: string | undefined;
}

/** Every failure of the engine, its installation and its stacks, in one shape. */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
  readonly fields: EngineErrorFields;

  constructor(fields: EngineErrorFields, options?: ErrorOptions) {
    const where = fields.resource ? ` (resource ${fields.resource})` : "";
    super(`${fields.attempted} failed${where}: ${fields.answered}\n${fields.next}`, options);
    this.fields = fields;
  }
}

/** Another process holds the stack's lock. */
export class StackBusyError extends EngineError {
  override readonly name = "StackBusyError";
}

/** Ctrl-C or a signal ended it, or kept it from beginning. */
export class InterruptedError extends EngineError {
  override readonly name = "InterruptedError";
}

/** An operation was asked for that is refused on principle: nothing was contacted, nothing was changed. */
export class RefusedError extends EngineError {
  override readonly name = "RefusedError";
}

/** There are changes, and the caller expected none. */
export class UnexpectedChangesError extends EngineError {
  override readonly name = "UnexpectedChangesError";
  readonly result: OperationResult;

  constructor(result: OperationResult) {
    const counts = Object.entries(result.changes).filter(([op]) => op !== "same");
    super({
      attempted: `${result.operation} of stack ${result.stack}`,
      answered: `no changes were expected, and there are: ${counts.map(([op, count]) => `${count} ${op}`).join(", ")}`,
      next: "The lines above name what differs.",
    });
    this.result = result;
  }
}
