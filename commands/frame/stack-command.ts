import { UnexpectedChangesError } from "../../engine/error.ts";
import type { Cloud } from "../../engine/guard.ts";
import { requireQuietLogs } from "../../engine/guard.ts";
import { countSteps, isPlumbing, Reporter } from "../../engine/reporter.ts";
import type { LogSettings, OperationResult } from "../../engine/result.ts";
import type { StackSession } from "../../operations/session/session.ts";
import { cloudFrom, type Options, UsageError, type Values } from "./arguments.ts";
import { type Command, type CommandContext, runCommand } from "./command.ts";

/** What every stack command is told. */
export interface StackArguments {
  readonly stack: string;
  readonly cloud: Cloud;
  /** Do not ask. */
  readonly yes: boolean;
  readonly logs: LogSettings;
}

/** A command that works on one stack. */
export interface StackCommand<Spec extends Options = Options> {
  readonly name: string;
  readonly summary: string;
  /** Its own options. */
  readonly options?: Spec;
  /** Help for `options`, one line each. */
  readonly help?: string;
  readonly exits?: Command["exits"];
  /** Checks its own options, before anything is opened. @throws UsageError */
  readonly check?: (args: StackArguments, values: Values<Spec>) => void;
  /** Does what its options ask for without opening the stack. @returns whether it did: then the command is done */
  readonly unopened?: (context: UnopenedContext<Spec>) => Promise<boolean>;
}

/** What a stack command works with before the stack is opened. */
export interface UnopenedContext<Spec extends Options = Options> extends Omit<CommandContext<Spec>, "words" | "print"> {
  readonly arguments: StackArguments;
}

/** What a stack command works with. */
export interface StackContext<Spec extends Options = Options> extends UnopenedContext<Spec> {
  readonly session: StackSession;
  readonly reporter: Reporter;
  /** Shows the result, as a line or, with `--json`, as a document. */
  readonly show: (result: OperationResult) => void;
}

export const stackOptions = {
  cloud: { type: "string", default: "local" },
  json: { type: "boolean", default: false },
  yes: { type: "boolean", short: "y", default: false },
  debug: { type: "boolean", short: "d", default: false },
  verbose: { type: "string", short: "v", default: "0" },
  "show-secrets-in-logs": { type: "boolean", default: false },
  "yes-really": { type: "boolean", default: false },
} as const satisfies Options;

export const stackOptionsHelp = `  --cloud local|hosted    where the stack lives (default local)
  --json                  print one JSON document on stdout, progress on stderr
  -y, --yes               do not ask
  -d, --debug, -v LEVEL   engine logs; refused for hosted stacks from level 3 on, because they show secrets,
                          unless --show-secrets-in-logs and --yes-really are both given`;

const exits: NonNullable<Command["exits"]> = {
  refused: "refused",
  busy: "another process works on the stack",
};

/** Opens the stack that is named, runs `work` on it and ends the process. */
export function runStackCommand<const Spec extends Options>(
  command: StackCommand<Spec>,
  work: (context: StackContext<Spec>) => Promise<void>,
): Promise<never> {
  const { name, summary, options, help, check, unopened } = command;
  const usage = `Usage: npm run ${name} -- STACK [options]`;
  return runCommand(
    {
      name,
      usage: `${summary}\n\n${usage}\n\n${help === undefined ? "" : `${help}\n`}${stackOptionsHelp}`,
      options: { ...stackOptions, ...options } as typeof stackOptions & Spec,
      words: {
        least: 1,
        most: 1,
        missing: `${usage}\nWhich stack? For example: npm run ${name} -- preview`,
        tooMany: `${usage}\nOne stack at a time`,
      },
      exits: { ...exits, ...command.exits },
    },
    async (context) => {
      const args = readStackArguments(context.values as Values<typeof stackOptions>, context.words[0] ?? "");
      const values = context.values as unknown as Values<Spec>;
      check?.(args, values);
      if (await unopened?.({ ...context, values, arguments: args })) return "done";
      await onStack(args, { ...context, values }, work);
      return "done";
    },
  );
}

/** Checks what every stack command is told. @throws UsageError */
export function readStackArguments(values: Values<typeof stackOptions>, stack: string): StackArguments {
  const verbosity = Number(values.verbose);
  if (!Number.isInteger(verbosity) || verbosity < 0)
    throw new UsageError(`-v takes a level from 0 on, not "${values.verbose}"`);
  const secretsInLogsAccepted = values["show-secrets-in-logs"] && values["yes-really"];
  return {
    stack,
    cloud: cloudFrom(values.cloud),
    yes: values.yes,
    logs: { debug: values.debug, verbosity, secretsInLogsAccepted },
  };
}

async function onStack<Spec extends Options>(
  args: StackArguments,
  context: Omit<CommandContext<Spec>, "print">,
  work: (context: StackContext<Spec>) => Promise<void>,
): Promise<void> {
  const { say, document } = context;
  requireQuietLogs(args.cloud, args.logs);
  const reporter = new Reporter({ write: say });
  const show = (result: OperationResult) => {
    reporter.summary(result);
    document(resultDocument(result));
  };
  try {
    const { withSession } = await import("../../operations/session/session.ts");
    const { stack, cloud } = args;
    await withSession({ stack, cloud, onProgress: reporter.onProgress }, (session) =>
      work({ ...context, arguments: args, session, reporter, show }),
    );
  } catch (error) {
    if (error instanceof UnexpectedChangesError) show(error.result);
    throw error;
  } finally {
    reporter.close();
  }
}

function resultDocument(result: OperationResult): object {
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
  return { operation, stack, changed, changes, summary: countSteps(result), steps, seconds };
}
