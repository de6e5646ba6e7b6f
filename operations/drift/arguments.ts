import { availableParallelism } from "node:os";
import { parseCommandLine, UsageError } from "../../commands/frame/arguments.ts";
import type { Cloud } from "../../engine/guard.ts";
import { LAYERS, type Layer, SEVERITIES, type Severity } from "./core/finding.ts";

const MOST_AT_ONCE = 4;
const defaultConcurrency = Math.min(MOST_AT_ONCE, availableParallelism());

export const usage = `Says whether environments are what the code says: resources, migrations, schema, catalog, security, configuration.
Changes nothing.

Usage: npm run drift -- STACK... | --all [options]

  --all                   every stack of the backend, previews of pull requests included
  --only LAYER            one of ${LAYERS.join(", ")}; may be repeated
  --fail-on LEVEL         ${SEVERITIES.join(", ")}: from which severity on a finding counts (default low)
  --accept FILE           findings that are known and may stay (default drift.accept.yaml, where there is one)
  --json                  one JSON document on stdout
  --markdown FILE         the report as Markdown, for a pull request or an issue; - is stdout
  --html FILE             the report as one page that needs nothing else; - is stdout
  --schema                print the JSON Schema of the --json document, and end
  --issues                open, update and close one GitHub issue per stack; for workflows
  --repair                shows what would put it right, writes SQL for the schema, and with a yes does what is safe
  -y, --yes               with --repair: do not ask
  --protected STACK       with --repair: this protected stack too; takes its name
  --concurrency NUMBER    stacks looked at at a time (default ${defaultConcurrency})
  --cloud local|hosted    where the stacks live (default local)
  -h, --help              this text

Exit codes: 0 clean, 2 drift, 1 something could not be read or an operation was under way, or wrong usage.
`;

/** The command line of `npm run drift`, checked. */
export interface DriftArguments {
  readonly stacks: readonly string[];
  readonly all: boolean;
  readonly layers: readonly Layer[];
  readonly failOn: Severity;
  /** Undefined: drift.accept.yaml, where there is one. */
  readonly accept: string | undefined;
  readonly json: boolean;
  /** Nothing else is wanted. */
  readonly schema: boolean;
  readonly markdown: string | undefined;
  readonly html: string | undefined;
  readonly issues: boolean;
  readonly concurrency: number;
  readonly repair: boolean;
  readonly yes: boolean;
  /** A protected stack that may be repaired. */
  readonly protectedStack: string | undefined;
  readonly cloud: Cloud;
}

/** Reads the command line; undefined where only the help was asked for. @throws UsageError */
export function readArguments(argv: readonly string[]): DriftArguments | undefined {
  const { values, positionals } = parse(argv);
  if (values.help) return undefined;
  const { all, only, accept, json, markdown, html, schema, issues, cloud } = values;
  const unknown = only.filter((name) => !LAYERS.some((layer) => layer === name));
  if (unknown.length > 0) throw new UsageError(`--only takes ${LAYERS.join(", ")}, not "${unknown.join(", ")}"`);
  const failOn = SEVERITIES.find((level) => level === values["fail-on"]);
  if (!failOn) throw new UsageError(`--fail-on takes ${SEVERITIES.join(", ")}, not "${values["fail-on"]}"`);
  if (cloud !== "local" && cloud !== "hosted") throw new UsageError(`--cloud is local or hosted, not "${cloud}"`);
  const concurrency = Number(values.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new UsageError(`--concurrency takes a number from 1 on, not "${values.concurrency}"`);
  if (!schema && all === positionals.length > 0)
    throw new UsageError(`${usage}\nName the stacks to look at, or --all. For example: npm run drift -- prod preview`);
  if ([json, markdown === "-", html === "-"].filter(Boolean).length > 1)
    throw new UsageError("Only one of --json, --markdown - and --html - can have stdout");
  const layers = LAYERS.filter((layer) => only.length === 0 || only.includes(layer));
  return {
    stacks: [...new Set(positionals)],
    all,
    layers,
    failOn,
    accept,
    json,
    schema,
    markdown,
    html,
    issues,
    concurrency,
    cloud,
    repair: values.repair,
    yes: values.yes,
    protectedStack: values.protected,
  };
}

function parse(argv: readonly string[]) {
  return parseCommandLine({
    args: [...argv],
    allowPositionals: true,
    options: {
      all: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      "fail-on": { type: "string", default: "low" },
      accept: { type: "string" },
      json: { type: "boolean", default: false },
      markdown: { type: "string" },
      html: { type: "string" },
      schema: { type: "boolean", default: false },
      issues: { type: "boolean", default: false },
      repair: { type: "boolean", default: false },
      yes: { type: "boolean", short: "y", default: false },
      protected: { type: "string" },
      concurrency: { type: "string", default: String(defaultConcurrency) },
      cloud: { type: "string", default: "local" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
}
