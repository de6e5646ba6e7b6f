import { parseCommandLine, UsageError } from "../../commands/frame/arguments.ts";
import type { Cloud } from "../../engine/guard.ts";
import { type Isolation, isolations, milliseconds } from "./stamp.ts";

export const usage = `Makes and removes the preview environment of a pull request.

Usage: npm run pr -- up NUMBER | down NUMBER | plan NUMBER | list | prune | resync [options]

  up NUMBER               make the preview, or bring it up to date
    --isolation KIND      project, branch or database; default as made, else tailfire:prIsolation, else project
    --ttl DURATION        life time such as 12h or 7d, from now; default as made, else tailfire:prTtl, else 7d
    --base REVISION       git revision of the base branch (default: origin/$GITHUB_BASE_REF in a workflow, else main)
  down NUMBER             remove it, with anything of it that no stack knows
  plan NUMBER             what its migrations do: locks, destructive statements, schema, lint; needs no secret
  list                    what there is: in the state, in the cloud, in the shared preview project
  prune                   remove what is expired, closed, or known to no stack
    --open NUMBERS        the open pull requests, as 1,2,3 (or "none"); default: asked of GitHub, where
                          GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL are set
    --grace DURATION      leave alone what is younger (default 30m): another machine may just be making it
    --dry-run             say what would be removed
  resync                  make the foreign tables of live previews follow Production's catalog
  --comment               up, down and plan: write the result into the pull request's comment (needs the same variables)
  --comment-file FILE     write the text of the comment into a file
  --cloud local|hosted    where previews live (default local)
  --json                  one JSON document on stdout, progress on stderr
  -h, --help              this text

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 the stack stayed in use.
`;

export const verbs = ["up", "down", "plan", "list", "prune", "resync"] as const;
export type Verb = (typeof verbs)[number];

/** The command line of `npm run pr`, checked. */
export interface PrArguments {
  readonly verb: Verb;
  readonly number: number;
  readonly isolation: Isolation | undefined;
  readonly ttl: string | undefined;
  readonly base: string | undefined;
  readonly open: ReadonlySet<number> | undefined;
  readonly graceMs: number;
  readonly dryRun: boolean;
  readonly comment: boolean;
  readonly commentFile: string | undefined;
  readonly cloud: Cloud;
  readonly json: boolean;
}

/** Reads the command line; undefined where only the help was asked for. @throws UsageError */
export function readArguments(argv: string[]): PrArguments | undefined {
  const { values, positionals } = parse(argv);
  if (values.help) return undefined;
  const verb = verbs.find((candidate) => candidate === positionals[0]);
  if (!verb) throw new UsageError(usage);
  const wantsNumber = verb === "up" || verb === "down" || verb === "plan";
  if (positionals.length !== (wantsNumber ? 2 : 1)) {
    throw new UsageError(wantsNumber ? `${verb} takes the number of a pull request` : `${verb} takes no further words`);
  }
  const isolation = isolations.find((candidate) => candidate === values.isolation);
  if (values.isolation !== undefined && !isolation) {
    throw new UsageError(`--isolation is one of ${isolations.join(", ")}, not "${values.isolation}"`);
  }
  if (values.ttl !== undefined) duration(values.ttl);
  const cloud = values.cloud;
  if (cloud !== "local" && cloud !== "hosted") throw new UsageError(`--cloud is local or hosted, not "${cloud}"`);
  return {
    verb,
    number: wantsNumber ? numberFrom(positionals[1] ?? "") : 0,
    isolation,
    ttl: values.ttl,
    base: values.base,
    open: values.open === undefined ? undefined : openFrom(values.open),
    graceMs: duration(values.grace),
    dryRun: values["dry-run"],
    comment: values.comment,
    commentFile: values["comment-file"],
    cloud,
    json: values.json,
  };
}

function parse(argv: string[]) {
  return parseCommandLine({
    args: argv,
    allowPositionals: true,
    options: {
      isolation: { type: "string" },
      ttl: { type: "string" },
      base: { type: "string" },
      open: { type: "string" },
      grace: { type: "string", default: "30m" },
      "dry-run": { type: "boolean", default: false },
      comment: { type: "boolean", default: false },
      "comment-file": { type: "string" },
      cloud: { type: "string", default: "local" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
}

function numberFrom(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`"${text}" is no number of a pull request`);
  return Number(text);
}

function openFrom(text: string): ReadonlySet<number> {
  return new Set(text === "none" || text === "" ? [] : text.split(",").map((part) => numberFrom(part.trim())));
}

function duration(text: string): number {
  try {
    return milliseconds(text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
