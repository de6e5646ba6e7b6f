import type { Progress } from "../../engine/events.ts";
import { countSteps } from "../../engine/reporter.ts";
import { gitHubAccess, openPullRequests } from "../github/api.ts";
import { adoptPreview } from "./adopt.ts";
import type { CommentContent } from "./comment-content.ts";
import { openContext, type PrContext } from "./context.ts";
import { downPreview } from "./down.ts";
import { entryLine, otherLine, takeInventory } from "./inventory.ts";
import { planLines } from "./plan-lines.ts";
import { prunePreviews } from "./prune.ts";
import { describeMigrations, publish, requireComment, wantsComment, warningLines } from "./publish.ts";
import type { PreviewRequest } from "./request.ts";
import { resyncLines, resyncSubscribers } from "./resync.ts";
import { type UpReport, upPreview } from "./up.ts";

/** What a verb answers: a document for `--json` and lines for people. */
export interface VerbResult {
  readonly document: object;
  readonly lines: readonly string[];
  readonly failed?: boolean;
}

export interface Output {
  readonly say: (line: string) => void;
  readonly onProgress: (progress: Progress) => void;
}

/** Runs one verb of `npm run pr`. */
export async function runVerb(request: PreviewRequest, output: Output): Promise<VerbResult> {
  requireComment(request);
  if (request.verb === "plan") return plan(request, output);
  const context = await openContext({ cloud: request.cloud, onProgress: output.onProgress });
  switch (request.verb) {
    case "up":
      return up(context, request);
    case "down":
      return down(context, request);
    case "adopt":
      return adopt(context, request);
    case "list":
      return list(context);
    case "resync":
      return resync(context);
    case "prune":
      return prune(context, request, output);
  }
}

async function up(context: PrContext, request: PreviewRequest): Promise<VerbResult> {
  const { number, isolation, ttl } = request;
  const base = baseOf(request);
  // Needs nothing of the preview, so it is found out at the same time. It does not fail: what went wrong is part of it.
  const describing: Promise<Partial<CommentContent>> = wantsComment(request)
    ? describeMigrations(base)
    : Promise.resolve({});
  try {
    const report = await upPreview(context, { number, isolation, ttl, base });
    const described = await describing;
    const warning = await publish(request, { number, up: report, ...described });
    const effects = described.analysis?.migrations ?? [];
    return {
      document: { ...upDocument(report), warning },
      lines: [...(effects.length > 0 ? planLines(effects) : []), ...upLines(report), ...warningLines(warning)],
    };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    // What failed first is what is to be told, whether or not the comment can be written.
    await publish(request, { number, ...(await describing), failure });
    throw error;
  }
}

/** What a pull request's migrations do: needs no secret and contacts no environment. */
async function plan(request: PreviewRequest, { say }: Output): Promise<VerbResult> {
  const described = await describeMigrations(baseOf(request));
  const { analysis, lint, undescribed } = described;
  const warning = await publish(request, { number: request.number, planOnly: true, ...described });
  for (const { file, line, rule, message } of lint ?? []) say(`${file}:${line}: ${rule}: ${message}`);
  const lines = undescribed
    ? [undescribed]
    : [...planLines(analysis?.migrations ?? []), ...(analysis?.difference ?? [])];
  return {
    document: { verb: "plan", number: request.number, ...described, warning },
    lines: [...lines, ...warningLines(warning)],
    failed: undescribed !== undefined,
  };
}

function baseOf(request: PreviewRequest): string {
  const asked = request.base ?? process.env.GITHUB_BASE_REF;
  if (request.base !== undefined) return request.base;
  return asked ? `origin/${asked}` : "main";
}

function upDocument(report: UpReport): object {
  const { stamp, result, added, replaced, ref, apiUrl, database, migrationsApplied, copied, seconds } = report;
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
    copied,
    newMigrations: added.migrations.map(({ tag }) => tag),
    seconds,
  };
}

function upLines({ stamp, result, ref, database, seconds }: UpReport): string[] {
  const counts = Object.entries(countSteps(result)).map(([word, count]) => `${count} ${word}`);
  const where = stamp.isolation === "database" ? `database ${database} of project ${ref}` : `${stamp.isolation} ${ref}`;
  return [
    `Pull request ${stamp.number}: ${counts.join(", ") || "no changes"}; ${where}, catalog ${stamp.catalog}, until ${stamp.expiresAt.slice(0, 16)}Z (${seconds.toFixed(1)} s)`,
  ];
}

async function down(context: PrContext, request: PreviewRequest): Promise<VerbResult> {
  const { number, forgetDatabase } = request;
  const report = await downPreview(context, number, { forgetDatabase });
  const failure = report.problems.length > 0 ? { failure: report.problems.join("\n") } : {};
  const warning = await publish(request, { number, removed: true, ...failure });
  const found = report.stack || report.orphans.length > 0;
  const others = report.others.length > 0 ? `; left alone, not ours: ${report.others.join(", ")}` : "";
  const kept = report.left.length > 0 ? `; ${report.left.join(", ")} goes with the next prune: a session keeps it` : "";
  return {
    failed: report.problems.length > 0,
    document: { verb: "down", ...report, warning },
    lines: [
      `Pull request ${number}: ${report.problems.length > 0 ? "not all of it is removed" : found ? "removed" : "nothing to remove"}${kept}${others} (${report.seconds.toFixed(1)} s)`,
      ...report.problems,
      ...warningLines(warning),
    ],
  };
}

async function adopt(context: PrContext, { number, ref }: PreviewRequest): Promise<VerbResult> {
  const report = await adoptPreview(context, number, ref);
  const lines = report.renamed.map(({ from, to }) => `Pull request ${number}: ${from} is called ${to} now.`);
  return { document: { verb: "adopt", ...report }, lines };
}

async function list(context: PrContext): Promise<VerbResult> {
  const { previews, others, problems } = await takeInventory(context);
  const lines = previews.length === 0 ? ["No previews."] : previews.map(entryLine);
  const document = { verb: "list", mark: context.mark, previews, others, problems };
  return { document, lines: [...lines, ...others.map(otherLine), ...problems], failed: problems.length > 0 };
}

async function prune(context: PrContext, request: PreviewRequest, { say }: Output): Promise<VerbResult> {
  const { dryRun, graceMs } = request;
  const access = gitHubAccess();
  const open = request.open ?? (access ? await openPullRequests(access) : undefined);
  if (!open)
    say("It is not known which pull requests are open (--open): removing only what is expired or without a stack.");
  const warnings: string[] = [];
  const removed = async ({ number, reason: because }: { number: number; reason: string }) => {
    const warning = await publish(
      { comment: request.comment, commentFile: undefined },
      { number, removed: true, because },
    );
    warnings.push(...warningLines(warning && `#${number}: ${warning}`));
  };
  const report = await prunePreviews(context, { open, dryRun, graceMs, say, removed });
  const lines = [
    ...report.problems,
    ...report.failed.map(({ number, error }) => `#${number} stays: ${error}`),
    ...warnings,
    `${report.removed.length} ${dryRun ? "would be removed" : "removed"}, ${report.failed.length} failed.`,
  ];
  return { document: { verb: "prune", ...report }, lines, failed: report.failed.length + report.problems.length > 0 };
}

async function resync(context: PrContext): Promise<VerbResult> {
  const { subscribers, problems } = await resyncSubscribers(context);
  const lines = subscribers.flatMap(resyncLines);
  const stale = subscribers.filter(({ error }) => error !== undefined).map(({ stack }) => stack);
  const previews = subscribers.filter(({ number }) => number !== undefined);
  return {
    document: { verb: "resync", subscribers, previews, problems },
    lines: [
      ...problems,
      ...(lines.length > 0 ? lines : ["Nothing reads the catalog."]),
      ...(stale.length > 0 ? [`Could not follow: ${stale.join(", ")}`] : []),
    ],
    failed: problems.length > 0 || stale.length > 0,
  };
}
