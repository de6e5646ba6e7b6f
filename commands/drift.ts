import { availableParallelism } from "node:os";
import { LAYERS, SEVERITIES } from "../operations/drift/core/finding.ts";
import type { DriftRequest } from "../operations/drift/request.ts";
import { cloudFrom, UsageError, type Values, wholeNumber } from "./frame/arguments.ts";
import { type CommandContext, runCommand } from "./frame/command.ts";
import { confirm } from "./frame/confirm.ts";
import type { Ending } from "./frame/exit-codes.ts";

const MOST_AT_ONCE = 4;
const defaultConcurrency = Math.min(MOST_AT_ONCE, availableParallelism());

const usage = `Says whether environments are what the code says: resources, migrations, schema, catalog, security, configuration.
Changes nothing.

Usage: npm run drift -- STACK... | --all [options]

  --all                   every stack of the backend, previews of pull requests included
  --none-yet              with --all: a backend without any stack is clean, unless an earlier run knew one
  --only LAYER            one of ${LAYERS.join(", ")}; may be repeated
  --fail-on LEVEL         ${SEVERITIES.join(", ")}: from which severity on a finding counts (default low)
  --accept FILE           findings that are known and may stay (default drift.accept.yaml, where there is one)
  --json                  one JSON document on stdout
  --markdown FILE         the report as Markdown, for a pull request or an issue; - is stdout
  --html FILE             the report as one page that needs nothing else; - is stdout
  --schema                print the JSON Schema of the --json document, and end
  --issues                open, update and close one GitHub issue per stack; for workflows
  --repair                shows what would repair it, writes SQL for the schema, and with a yes does what is safe
  -y, --yes               with --repair: do not ask
  --protected STACK       with --repair: this protected stack too; takes its name
  --concurrency NUMBER    stacks looked at at a time (default ${defaultConcurrency})
  --cloud local|hosted    where the stacks live (default local)`;

const options = {
  all: { type: "boolean", default: false },
  "none-yet": { type: "boolean", default: false },
  only: { type: "string", multiple: true },
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
} as const;

void runCommand(
  {
    name: "drift",
    usage,
    options,
    words: { most: Number.POSITIVE_INFINITY },
    exits: {
      done: "clean",
      failed: "something could not be read",
      refused: "a repair was refused",
      busy: "an operation is under way",
      notAsDeclared: "drift",
    },
  },
  drift,
);

async function drift({ values, words, document }: CommandContext<typeof options>): Promise<Ending> {
  if (values.schema) {
    const { jsonSchema } = await import("../operations/drift/core/report/schema.ts");
    process.stdout.write(jsonSchema());
    return "done";
  }
  const request = requestFrom(values, words);
  // Read by the providers, whose processes inherit it.
  process.env.TAILFIRE_READ_ONLY = "1";
  const { runDrift } = await import("../operations/drift/run.ts");
  const outcome = await runDrift(request, { document });
  return ({ clean: "done", drift: "notAsDeclared", unreachable: "failed", busy: "busy" } as const)[outcome];
}

/** Checks the command line. @throws UsageError */
export function requestFrom(values: Values<typeof options>, words: readonly string[]): DriftRequest {
  const { all, only = [], accept, json, markdown, html, issues } = values;
  const unknown = only.filter((name) => !LAYERS.some((layer) => layer === name));
  if (unknown.length > 0) throw new UsageError(`--only takes ${LAYERS.join(", ")}, not "${unknown.join(", ")}"`);
  const failOn = SEVERITIES.find((level) => level === values["fail-on"]);
  if (!failOn) throw new UsageError(`--fail-on takes ${SEVERITIES.join(", ")}, not "${values["fail-on"]}"`);
  const cloud = cloudFrom(values.cloud);
  const concurrency = wholeNumber("concurrency", values.concurrency, 1);
  if (values["none-yet"] && !all) throw new UsageError("--none-yet goes with --all");
  if (all === words.length > 0)
    throw new UsageError("Name the stacks to look at, or --all. For example: npm run drift -- prod preview");
  if ([json, markdown === "-", html === "-"].filter(Boolean).length > 1)
    throw new UsageError("Only one of --json, --markdown - and --html - can have stdout");
  const layers = LAYERS.filter((layer) => only.length === 0 || only.includes(layer));
  const repair = {
    protectedStack: values.protected,
    confirm: values.yes ? () => Promise.resolve() : confirm,
  };
  return {
    stacks: [...new Set(words)],
    all,
    mayBeNone: values["none-yet"],
    layers,
    failOn,
    accept,
    json,
    markdown,
    html,
    issues,
    concurrency,
    cloud,
    repair: values.repair ? repair : undefined,
  };
}
