import { writeFile } from "node:fs/promises";
import { migrationsFolder } from "../../engine/paths.ts";
import { gitHubAccess, runUrl, writeComment } from "../github/api.ts";
import { secretVariables } from "../github/mask.ts";
import { analyse } from "../review/analysis.ts";
import { lintSince } from "../review/lint.ts";
import { newMigrations } from "../review/migrations.ts";
import { type CommentContent, commentBody } from "./comment.ts";
import type { PreviewRequest } from "./request.ts";

type Wanted = Pick<PreviewRequest, "comment" | "commentFile">;

/** Whether a comment is wanted. */
export const wantsComment = (request: Wanted): boolean => request.comment || request.commentFile !== undefined;

/** What the migrations of a pull request do, for its comment; a failure to find out becomes the comment's failure. */
export async function describeMigrations(base: string): Promise<Partial<CommentContent>> {
  try {
    const added = await newMigrations(base);
    if (!added.known) return { failure: `git does not know ${base}: fetch the base branch (fetch-depth: 0).` };
    const [lint, analysis] = await Promise.all([
      lintSince(base, { folder: migrationsFolder, say: () => undefined }),
      analyse(added.migrations),
    ]);
    return { lint, analysis };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Writes the comment where it is wanted: into a file, into the pull request. */
export async function publish(request: Wanted, content: CommentContent): Promise<void> {
  const body = commentBody({ commit: process.env.GITHUB_SHA, runUrl: runUrl(), ...content }, secretVariables());
  if (request.commentFile !== undefined) await writeFile(request.commentFile, body);
  if (!request.comment) return;
  const access = gitHubAccess();
  if (!access)
    throw new Error("Writing the comment failed: GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL are not all set.");
  await writeComment(access, content.number, body);
}
