import { createInterface } from "node:readline/promises";
import { EngineError, RefusedError, StackBusyError, UnexpectedChangesError } from "../../engine/error.ts";
import { requireQuietLogs } from "../../engine/guard.ts";
import { countSteps, isPlumbing, Reporter } from "../../engine/reporter.ts";
import type { OperationResult } from "../../engine/result.ts";
import type { Session } from "../../operations/session/session.ts";
import { type StackArguments, UsageError } from "./arguments.ts";
import { cancelInOrder } from "./interrupt.ts";

/** Exit codes of the stack commands. */
export const exitCodes = { done: 0, failed: 1, usage: 2, refused: 3, busy: 4, changes: 7, interrupted: 130 } as const;

/** What a stack command works with. */
export interface CommandContext {
  readonly arguments: StackArguments;
  readonly session: Session;
  readonly reporter: Reporter;
  /** Shows the result, as a line or, with `--json`, as a document. */
  readonly show: (result: OperationResult) => void;
}

/** Reads the arguments, opens the stack, runs `work` and ends the process with the code that fits. */
export async function runStackCommand(
  read: () => StackArguments,
  work: (context: CommandContext) => Promise<void>,
): Promise<never> {
  const reporter = new Reporter({ write: (line) => process.stderr.write(`${line}\n`) });
  let interrupted = () => false;
  let json = false;
  try {
    const args = read();
    json = args.json;
    requireQuietLogs(args.cloud, args.logs);
    // Program and engine are loaded here, so that help and wrong usage answer at once.
    const { openSession } = await import("../../operations/session/session.ts");
    const session = await openSession({ stack: args.stack, cloud: args.cloud, onProgress: reporter.onProgress });
    interrupted = cancelInOrder(session.stack);
    await work({ arguments: args, session, reporter, show: (result) => showResult(result, args.json, reporter) });
    process.exit(exitCodes.done);
  } catch (error) {
    reporter.close();
    if (error instanceof UnexpectedChangesError) showResult(error.result, json, reporter);
    process.stderr.write(
      `${error instanceof EngineError || error instanceof UsageError ? error.message : describe(error)}\n`,
    );
    process.exit(interrupted() ? exitCodes.interrupted : exitCode(error));
  }
}

/** Asks a question with the answer no as default. @throws RefusedError when there is nobody to ask. */
export async function confirm(options: { readonly question: string; readonly attempted: string }): Promise<void> {
  const refuse = (answered: string) =>
    new RefusedError({
      attempted: options.attempted,
      answered,
      next: "Nothing was changed. Add --yes to go ahead unasked.",
    });
  if (!process.stdin.isTTY) throw refuse("it needs a yes, and there is no terminal to ask on");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${options.question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw refuse("the answer was not yes");
}

function showResult(result: OperationResult, json: boolean, reporter: Reporter): void {
  reporter.summary(result);
  if (!json) return;
  const steps = result.steps
    .filter((step) => !isPlumbing(step) && step.op !== "same" && (step.op !== "refresh" || step.differences.length > 0))
    .map(({ op, type, name, urn, differences, seconds, failed }) => ({
      op,
      type,
      name,
      urn,
      differences,
      seconds,
      failed,
    }));
  const { operation, stack, changes, changed, seconds } = result;
  const document = { operation, stack, changed, changes, summary: countSteps(result), steps, seconds };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** The exit code that fits what ended a command. */
export function exitCode(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof StackBusyError) return exitCodes.busy;
  if (error instanceof UnexpectedChangesError) return exitCodes.changes;
  if (error instanceof RefusedError) return exitCodes.refused;
  return exitCodes.failed;
}

function describe(error: unknown): string {
  return error instanceof Error
    ? process.env.TAILFIRE_STACKTRACE
      ? (error.stack ?? error.message)
      : error.message
    : String(error);
}
