import { writeFile } from "node:fs/promises";
import { gitHubAccess, runUrl, writeComment } from "../github/api.ts";
import { secretVariables } from "../github/mask.ts";
import { analyse } from "../review/analysis.ts";
import { lintSince } from "../review/lint.ts";
import { newMigrations } from "../review/migrations.ts";
import type { PrArguments } from "./arguments.ts";
import { type CommentContent, commentBody } from "./comment.ts";

/** Whether anybody wants a comment. */
export const wantsComment = (args: PrArguments): boolean => args.comment || args.commentFile !== undefined;

/** What the migrations of a pull request do, for its comment; a failure to find out becomes the comment's failure. */
export async function describeMigrations(base: string): Promise<Partial<CommentContent>> {
  try {
    const added = await newMigrations(base);
    if (!added.known) return { failure: `git does not know ${base}: fetch the base branch (fetch-depth: 0).` };
    const [lint, analysis] = await Promise.all([lintSince(base), analyse(added.migrations)]);
    return { lint, analysis };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Writes the comment where it is wanted: into a file, into the pull request. */
export async function publish(args: PrArguments, content: CommentContent): Promise<void> {
  const body = commentBody({ commit: process.env.GITHUB_SHA, runUrl: runUrl(), ...content }, secretVariables());
  if (args.commentFile !== undefined) await writeFile(args.commentFile, body);
  if (!args.comment) return;
  const access = gitHubAccess();
  if (!access)
    throw new Error("Writing the comment failed: GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL are not all set.");
  await writeComment(access, content.number, body);
}
