import { has, isHelpAsked, type Options, readCommandLine, UsageError, type Values, type Words } from "./arguments.ts";
import { type Ending, exitCodes, exitLine } from "./exit-codes.ts";
import { endingOf, errorDocument, textOf } from "./failure.ts";
import { Interruption } from "./interrupt.ts";

/** A command as its user sees it. */
export interface Command<Spec extends Options = Options> {
  /** As after `npm run`. */
  readonly name: string;
  /** What it does, a line `Usage: ...`, and its options but --help. */
  readonly usage: string;
  /** What else the help says, after the options. */
  readonly notes?: string;
  readonly options?: Spec;
  /** Default: none are taken. */
  readonly words?: Words;
  /** How it can end besides done, failed and wrong usage, in the words of its help. */
  readonly exits?: Partial<Record<Ending, string>>;
}

/** What a command works with. */
export interface CommandContext<Spec extends Options = Options> {
  readonly values: Values<Spec>;
  /** What was given besides options. */
  readonly words: readonly string[];
  /** Whether one JSON document was asked for. */
  readonly json: boolean;
  /** A line for people, on stderr. */
  say(line: string): void;
  /** The result for people, on stdout: not with `--json`. */
  print(text: string): void;
  /** The result for `--json`, written when the command ends: nothing without it. */
  document(value: object): void;
  readonly interruption: Interruption;
}

/**
 * Runs a command and ends the process: reads the command line, answers for --help, does `work`, and says what went wrong.
 * What is large is loaded by `work`, so that help and wrong usage answer at once. With `--json`, stdout holds one document
 * also after a failure, with `error` in it.
 */
export async function runCommand<const Spec extends Options>(
  command: Command<Spec>,
  work: (context: CommandContext<Spec>) => Promise<Ending>,
): Promise<never> {
  // The reader of a pipe may close it early: that is no failure of this command.
  process.stdout.on("error", (error) => {
    if (!("code" in error && error.code === "EPIPE")) throw error;
  });
  // What the work waited for went away: without this, the process would end with 0 and nothing done.
  const unfinished = (): void => {
    process.stderr.write(`npm run ${command.name} ended before its work did: nothing was left to wait for\n`);
    process.exit(exitCodes.failed);
  };
  process.once("beforeExit", unfinished);
  const ending = await run(command, work);
  process.off("beforeExit", unfinished);
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  process.exit(exitCodes[ending]);
}

async function run<Spec extends Options>(
  command: Command<Spec>,
  work: (context: CommandContext<Spec>) => Promise<Ending>,
): Promise<Ending> {
  const argv = process.argv.slice(2);
  if (isHelpAsked(argv)) {
    process.stdout.write(helpOf(command));
    return "done";
  }
  const options = command.options ?? ({} as Spec);
  const json = "json" in options && has(argv, "--json");
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const interruption = new Interruption();
  let result: object | undefined;
  let ending: Ending;
  try {
    const read = readCommandLine(argv, { options, words: command.words });
    ending = await work({
      ...read,
      json,
      say,
      print: (text) => void (json || process.stdout.write(`${text}\n`)),
      document: (value) => {
        result = value;
      },
      interruption,
    });
  } catch (error) {
    say(textOf(error));
    if (error instanceof UsageError) say(`npm run ${command.name} -- --help says how it is called.`);
    ending = endingOf(error);
    result = { ...result, error: errorDocument(error) };
  }
  interruption.close();
  // One that goes on with the rest where a part fails returns what it came to.
  if (interruption.asked && ending !== "done") ending = "interrupted";
  if (json && result) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  return ending;
}

function helpOf({ usage, notes, exits }: Command): string {
  // The first option is set off from what is above it.
  const gap = /^ {2,4}-/m.test(usage) ? "\n" : "\n\n";
  const parts = [`${usage.trimEnd()}${gap}  -h, --help              this text`, notes?.trimEnd(), exitLine(exits)];
  return `${parts.filter((part) => part !== undefined).join("\n\n")}\n`;
}
