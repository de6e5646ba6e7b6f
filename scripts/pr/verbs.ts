import type { Progress } from "../../engine/events.ts";
import { countSteps } from "../../engine/reporter.ts";
import type { PrArguments } from "./arguments.ts";
import { openContext, type PrContext } from "./context.ts";
import { downPreview } from "./down.ts";
import { entryLine, takeInventory } from "./inventory.ts";
import { prunePreviews } from "./prune.ts";
import { type UpReport, upPreview } from "./up.ts";

/** What a verb answers: a document for `--json` and lines for people. */
export interface Answer {
  readonly document: unknown;
  readonly lines: readonly string[];
  readonly failed?: boolean;
}

export interface Output {
  readonly say: (line: string) => void;
  readonly onProgress: (progress: Progress) => void;
}

/** Runs one verb of `npm run pr`. */
export async function runVerb(args: PrArguments, output: Output): Promise<Answer> {
  const context = await openContext({ cloud: args.cloud, onProgress: output.onProgress });
  switch (args.verb) {
    case "up":
      return up(context, args);
    case "down":
      return down(context, args);
    case "list":
      return list(context);
    case "prune":
      return prune(context, args, output);
  }
}

async function up(context: PrContext, args: PrArguments): Promise<Answer> {
  const { number, isolation, ttl } = args;
  const report = await upPreview(context, { number, isolation, ttl, base: args.base ?? "main" });
  return { document: upDocument(report), lines: upLines(report) };
}

function upDocument(report: UpReport): unknown {
  const { stamp, result, added, replaced, ref, apiUrl, database, migrationsApplied, seconds } = report;
  const { changed, changes } = result;
  return {
    verb: "up",
    ...stamp,
    ref,
    apiUrl,
    database,
    changed,
    changes,
    replaced,
    migrationsApplied,
    newMigrations: added.migrations.map(({ tag }) => tag),
    seconds,
  };
}

function upLines({ stamp, result, ref, database, seconds }: UpReport): string[] {
  const counts = Object.entries(countSteps(result)).map(([word, count]) => `${count} ${word}`);
  const where = stamp.isolation === "database" ? `database ${database} of project ${ref}` : `project ${ref}`;
  return [
    `Pull request ${stamp.number}: ${counts.join(", ") || "no changes"}; ${where}, catalog ${stamp.catalog}, until ${stamp.expiresAt.slice(0, 16)}Z (${seconds.toFixed(1)} s)`,
  ];
}

async function down(context: PrContext, { number }: PrArguments): Promise<Answer> {
  const report = await downPreview(context, number);
  const found = report.stack || report.orphans.length > 0;
  const kept = report.left.length > 0 ? `; ${report.left.join(", ")} goes with the next prune: a session keeps it` : "";
  return {
    document: { verb: "down", ...report },
    lines: [
      `Pull request ${number}: ${found ? "removed" : "nothing to remove"}${kept} (${report.seconds.toFixed(1)} s)`,
    ],
  };
}

async function list(context: PrContext): Promise<Answer> {
  const entries = await takeInventory(context);
  const lines = entries.length === 0 ? ["No previews."] : entries.map(entryLine);
  return { document: { verb: "list", previews: entries }, lines };
}

async function prune(context: PrContext, args: PrArguments, { say }: Output): Promise<Answer> {
  const { open, dryRun, graceMs } = args;
  const report = await prunePreviews(context, { open, dryRun, graceMs, say });
  const lines = [
    ...report.failed.map(({ number, error }) => `#${number} stays: ${error}`),
    `${report.removed.length} ${dryRun ? "would be removed" : "removed"}, ${report.failed.length} failed.`,
  ];
  return { document: { verb: "prune", ...report }, lines, failed: report.failed.length > 0 };
}
