import { appendFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { RefusedError } from "../../engine/error.ts";
import { migrationsFolder } from "../../engine/paths.ts";
import { gitHubAccess, runUrl } from "../github/api.ts";
import { writeComment } from "../github/comments.ts";
import { isRunner, secretVariables } from "../github/mask.ts";
import { maskText } from "../github/mask-text.ts";
import { analyse } from "../review/analysis.ts";
import { lintSince } from "../review/lint.ts";
import { newMigrations } from "../review/migrations.ts";
import { commentText } from "./comment.ts";
import type { CommentContent } from "./comment-content.ts";
import type { PreviewRequest } from "./request.ts";

type Wanted = Pick<PreviewRequest, "comment" | "commentFile">;

/** Whether a comment is wanted. */
export const wantsComment = (request: Wanted): boolean => request.comment || request.commentFile !== undefined;

/** What the migrations of a pull request do, for its comment; a failure to find out is part of it. */
export async function describeMigrations(base: string): Promise<Partial<CommentContent>> {
  try {
    const added = await newMigrations(base);
    if (!added.known) return { undescribed: `git does not know ${base}: fetch the base branch (fetch-depth: 0).` };
    const [lint, analysis] = await Promise.all([
      lintSince(base, { folder: migrationsFolder, say: () => undefined }),
      analyse(added.migrations),
    ]);
    return { lint, analysis };
  } catch (error) {
    return { undescribed: error instanceof Error ? error.message : String(error) };
  }
}

/** Refuses before anything is changed. @throws RefusedError where a comment is wanted and GitHub cannot be reached */
export function requireComment({ comment }: Wanted): void {
  if (!comment || gitHubAccess()) return;
  throw new RefusedError({
    attempted: "Writing the comment",
    answered: "GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL are not all set. Nothing was changed",
    next: "Run it in a workflow with pull-requests: write, or leave --comment out.",
  });
}

/**
 * Writes the comment where it is wanted: into a file, into the pull request. It decides nothing: what it tells of is
 * done.
 * @returns why it could not be written; undefined where it was, or was not wanted
 */
export async function publish(request: Wanted, content: CommentContent): Promise<string | undefined> {
  if (!wantsComment(request)) return undefined;
  try {
    const summary = process.env.GITHUB_STEP_SUMMARY;
    const { body, whole } = commentText(
      { commit: process.env.GITHUB_SHA, runUrl: runUrl(), ...content },
      { secrets: secretVariables(), rest: summary ? "in the summary of the run" : "in the log" },
    );
    if (summary && whole !== undefined) await appendFile(summary, withinSummary(whole));
    const isSummary = summary !== undefined && resolve(request.commentFile ?? "") === resolve(summary);
    if (request.commentFile !== undefined && !(isSummary && whole !== undefined))
      await writeFile(request.commentFile, body);
    const access = request.comment ? gitHubAccess() : undefined;
    if (access) await writeComment(access, content.number, body);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** GitHub shows no summary of a step that is longer than 1 MiB. */
const SUMMARY_LIMIT = 1_048_576;

function withinSummary(whole: string): string {
  if (Buffer.byteLength(whole) < SUMMARY_LIMIT) return whole;
  const note = "\n\n... and more: the log has all of it\n";
  const kept = Buffer.from(whole)
    .subarray(0, SUMMARY_LIMIT - note.length - 1)
    .toString();
  return `${kept.slice(0, kept.lastIndexOf("\n"))}${note}`;
}

/** The lines that say a comment is missing; on a runner the workflow's page shows them. */
export function warningLines(warning: string | undefined): string[] {
  if (warning === undefined) return [];
  const line = maskText(`The comment could not be written: ${warning}`, secretVariables()).replaceAll(/\s*\n\s*/g, " ");
  return [isRunner() ? `::warning::${line}` : `Warning: ${line}`];
}
