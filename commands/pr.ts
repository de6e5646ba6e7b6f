import { EngineError, RefusedError, StackBusyError } from "../engine/error.ts";
import { Reporter } from "../engine/reporter.ts";
import { type PrArguments, readArguments, usage } from "../operations/previews/arguments.ts";
import { UsageError } from "./frame/arguments.ts";

const exits = { done: 0, failed: 1, usage: 2, refused: 3, busy: 4 } as const;
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const reporter = new Reporter({ write: say });

function exitOf(error: unknown): number {
  if (error instanceof UsageError) return exits.usage;
  if (error instanceof StackBusyError) return exits.busy;
  return error instanceof RefusedError ? exits.refused : exits.failed;
}

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  if (!args) {
    process.stdout.write(usage);
    return exits.done;
  }
  // Loaded here, so that help and wrong usage answer at once.
  const { runVerb } = await import("../operations/previews/verbs.ts");
  const { document, lines, failed } = await runVerb(args satisfies PrArguments, {
    say,
    onProgress: reporter.onProgress,
  });
  reporter.close();
  for (const line of lines) say(line);
  if (args.json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  return failed ? exits.failed : exits.done;
}

try {
  process.exit(await main());
} catch (error) {
  reporter.close();
  say(
    error instanceof Error
      ? error instanceof EngineError || !process.env.TAILFIRE_STACKTRACE
        ? error.message
        : (error.stack ?? "")
      : String(error),
  );
  process.exit(exitOf(error));
}
