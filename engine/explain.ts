import type { EngineCommandError } from "./command.ts";
import { EngineError, InterruptedError, StackBusyError } from "./error.ts";
import { AGAIN, isStopping } from "./interrupt.ts";

export interface Explanation {
  /** The operation, or the engine command. */
  readonly attempted: string;
  readonly stack: string;
  readonly error: EngineCommandError;
  /** Errors from the event stream, the most telling account where there are any. */
  readonly errors: readonly { readonly resource: string | undefined; readonly text: string }[];
  /** Removes colour marks and secrets. */
  readonly clean: (text: string) => string;
}

const lockHolder = /created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/;

/** Turns the engine's answer into one error: what failed, on which resource, why, what to do next. */
export function explain({ attempted, stack, error, errors, clean }: Explanation): EngineError {
  const what = `${attempted} of stack ${stack}`;
  const stderr = clean(error.output.stderr);
  const busy = stderr.includes("currently locked by") || stderr.includes("Another update is currently in progress");
  if (busy) return stackBusy(what, stderr, error);
  const [first, ...rest] = errors;
  const answered = first
    ? [first.text, ...rest.map((other) => `${other.resource ?? "program"}: ${other.text}`)].join("\n")
    : stripNoise(stderr || clean(error.output.stdout)) || `the engine ended with code ${error.output.code}`;
  const fields = { attempted: what, resource: first?.resource, answered };
  if (isStopping()) return new InterruptedError({ ...fields, next: AGAIN }, { cause: error });
  const next = /\bcancell?ed\b/i.test(answered)
    ? AGAIN
    : "Correct the cause and run the command again: what was done already stays, the rest is done then.";
  return new EngineError({ ...fields, next }, { cause: error });
}

function stackBusy(attempted: string, stderr: string, cause: Error): StackBusyError {
  const holder = lockHolder.exec(stderr);
  return new StackBusyError(
    {
      attempted,
      answered: holder
        ? `process ${holder[3]} of ${holder[1]} on ${holder[2]} is working on it since ${holder[4]}`
        : "another update of it is in progress",
      next: "Wait until that one ends and run the command again.",
    },
    { cause },
  );
}

/** What is left of the command line's text without its headings, hints and repetitions. */
function stripNoise(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim().replace(/^error: /, ""))
    .filter((line) => line !== "" && !/^(Previewing|Updating|Refreshing|Destroying|Resources:|Duration:)/.test(line));
  return [...new Set(lines)].join("\n");
}
