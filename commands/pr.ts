import { Reporter } from "../engine/reporter.ts";
import { type PreviewRequest, type Verb, verbs } from "../operations/previews/request.ts";
import { isolations, milliseconds } from "../operations/previews/stamp.ts";
import { cloudFrom, UsageError, type Values } from "./frame/arguments.ts";
import { runCommand } from "./frame/command.ts";
import { confirm } from "./frame/confirm.ts";

const usage = `Makes and removes the preview environment of a pull request.

Usage: npm run pr -- up NUMBER | down NUMBER | adopt NUMBER | plan NUMBER | list | prune | resync [options]

  up NUMBER               make the preview, or bring it up to date; where isolation or catalog change, or a migration it
                          has was rewritten, it is removed and made again, without a question: it holds sample rows and
                          what was tried in it
    --isolation KIND      project, branch or database; default as made, else tailfire:prIsolation, else project
    --ttl DURATION        life time such as 12h or 7d, from now; default as made, else tailfire:prTtl, else 7d
    --base REVISION       git revision of the base branch (default: origin/$GITHUB_BASE_REF in a workflow, else main)
  down NUMBER             remove it: what this state recorded, and what has this repository's mark in its name
    --forget-database     for a database or a passphrase that is gone: delete its project or branch by ref alone (asks)
  adopt NUMBER            put the mark into the name of a preview that was made before there were marks
    --ref NAME            which one: ref of a project or branch, or name of a database
  plan NUMBER             what its migrations do: locks, destructive statements, schema, lint; needs no secret
  list                    what there is: in the state, in the cloud, in the shared preview project
  prune                   remove what is expired, closed, or known to no stack
    --open NUMBERS        the open pull requests, as 1,2,3 (or "none"); default: asked of GitHub, where
                          GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL are set
    --grace DURATION      leave alone what is younger (default 30m): another machine may just be making it
    --dry-run             say what would be removed
  resync                  make the foreign tables of every subscriber follow Production's catalog: the shared preview
                          first, then other stacks, then live previews; deploys no migration
  --comment               up, down, plan and prune: write the result into the pull request's comment (needs the same variables)
  --comment-file FILE     write the text of the comment into a file
  -y, --yes               do not ask
  --cloud local|hosted    where previews live (default local)
  --json                  one JSON document on stdout, progress on stderr`;

const options = {
  isolation: { type: "string" },
  ref: { type: "string" },
  ttl: { type: "string" },
  base: { type: "string" },
  open: { type: "string" },
  grace: { type: "string", default: "30m" },
  "dry-run": { type: "boolean", default: false },
  "forget-database": { type: "boolean", default: false },
  yes: { type: "boolean", short: "y", default: false },
  comment: { type: "boolean", default: false },
  "comment-file": { type: "string" },
  cloud: { type: "string", default: "local" },
  json: { type: "boolean", default: false },
} as const;

void runCommand(
  {
    name: "pr",
    usage,
    options,
    words: { verbs },
    exits: { refused: "refused", busy: "the stack stayed in use" },
  },
  async ({ values, words, say, document }) => {
    const request = requestFrom(values, words);
    if (request.forgetDatabase && !values.yes) {
      const attempted = `Removing the preview of pull request ${request.number} without its database`;
      const question = `Delete the preview of pull request ${request.number}, by the ref in its state alone, with all data in it?`;
      await confirm({ question, attempted });
    }
    const { runVerb } = await import("../operations/previews/verbs.ts");
    const reporter = new Reporter({ write: say });
    try {
      const result = await runVerb(request, { say, onProgress: reporter.onProgress });
      reporter.close();
      for (const line of result.lines) say(line);
      document(result.document);
      return result.failed ? "failed" : "done";
    } finally {
      reporter.close();
    }
  },
);

/** Checks the command line. @throws UsageError */
function requestFrom(values: Values<typeof options>, [verb = "", number]: readonly string[]): PreviewRequest {
  const isolation = isolations.find((candidate) => candidate === values.isolation);
  if (values.isolation !== undefined && !isolation)
    throw new UsageError(`--isolation is one of ${isolations.join(", ")}, not "${values.isolation}"`);
  if (values.ttl !== undefined) duration(values.ttl);
  if (values["forget-database"] && verb !== "down") throw new UsageError(`--forget-database is for down, not ${verb}`);
  return {
    verb: verb as Verb,
    number: number === undefined ? 0 : numberFrom(number),
    ref: values.ref,
    isolation,
    ttl: values.ttl,
    base: values.base,
    open: values.open === undefined ? undefined : openFrom(values.open),
    graceMs: duration(values.grace),
    dryRun: values["dry-run"],
    forgetDatabase: values["forget-database"],
    comment: values.comment,
    commentFile: values["comment-file"],
    cloud: cloudFrom(values.cloud),
  };
}

function numberFrom(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`"${text}" is not the number of a pull request`);
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
