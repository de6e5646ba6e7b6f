import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Cloud } from "../../engine/guard.ts";
import type { LogSettings } from "../../engine/result.ts";

/** The command line is not one the command understands: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What every stack command is told. */
export interface StackArguments {
  readonly stack: string;
  readonly cloud: Cloud;
  readonly json: boolean;
  /** Do not ask. */
  readonly yes: boolean;
  readonly logs: LogSettings;
  /** The command's own flags, by name. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

type Options = NonNullable<ParseArgsConfig["options"]>;

const shared = {
  cloud: { type: "string", default: "local" },
  json: { type: "boolean", default: false },
  yes: { type: "boolean", short: "y", default: false },
  debug: { type: "boolean", short: "d", default: false },
  verbose: { type: "string", short: "v", default: "0" },
  "show-secrets-in-logs": { type: "boolean", default: false },
  "yes-really": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const satisfies Options;

const sharedHelp = `
  --cloud local|hosted    where the stack lives (default local)
  --json                  print one JSON document on stdout, progress on stderr
  -y, --yes               do not ask
  -d, --debug, -v LEVEL   engine logs; refused for hosted stacks from level 3 on, because they show secrets,
                          unless --show-secrets-in-logs and --yes-really are both given
  -h, --help              this text`;

/**
 * Reads the command line of a stack command. Prints the help and ends the process for `--help`.
 * @throws UsageError naming what is wrong with it.
 */
export function stackArguments(command: {
  readonly name: string;
  readonly summary: string;
  readonly options?: Options;
  /** Help for `options`, one line each. */
  readonly help?: string;
}): StackArguments {
  const usage = `Usage: npm run ${command.name} -- STACK [options]`;
  const { positionals, values } = parseCommandLine({
    allowPositionals: true,
    options: { ...shared, ...command.options } as Options,
  });
  if (values.help) {
    process.stdout.write(`${command.summary}\n\n${usage}\n${command.help ? `\n${command.help}` : ""}${sharedHelp}\n`);
    process.exit(0);
  }
  const [stack, ...rest] = positionals;
  if (stack === undefined)
    throw new UsageError(`${usage}\nWhich stack? For example: npm run ${command.name} -- preview`);
  if (rest.length > 0) throw new UsageError(`${usage}\nOne stack at a time; not understood: ${rest.join(" ")}`);
  const { cloud } = values;
  if (cloud !== "local" && cloud !== "hosted") throw new UsageError(`--cloud is local or hosted, not "${cloud}"`);
  const verbosity = Number(values.verbose);
  if (!Number.isInteger(verbosity) || verbosity < 0)
    throw new UsageError(`-v takes a level from 0 on, not "${values.verbose}"`);
  const secretsInLogsAccepted = values["show-secrets-in-logs"] === true && values["yes-really"] === true;
  return {
    stack,
    cloud,
    json: values.json === true,
    yes: values.yes === true,
    logs: { debug: values.debug === true, verbosity, secretsInLogsAccepted },
    flags: values as StackArguments["flags"],
  };
}

/** `parseArgs`, for which a command line it does not understand is wrong usage. @throws UsageError saying what is wrong */
export function parseCommandLine<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
