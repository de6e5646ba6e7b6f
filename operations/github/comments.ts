import { setTimeout as sleep } from "node:timers/promises";
import { call, type GitHubAccess, GitHubError, loginOfToken, pages } from "./api.ts";

/** What the comment of a preview begins with: it is found again by it. */
export const previewMarker = "<!-- tailfire-preview -->";

/** What a call needs the job's token to be allowed, for the words of an error. */
const COMMENTS = "pull-requests: write";

const TRIES = 4;

interface Comment {
  readonly id: number;
  readonly body?: string | null;
  readonly user?: { readonly login?: string; readonly type?: string } | null;
}

/**
 * Writes the one comment of a pull request: edits it in place where there is one.
 * @returns its id @throws GitHubError
 */
export async function writeComment(access: GitHubAccess, number: number, body: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    const own = await ownComment(access, number);
    const request = own
      ? { method: "PATCH", path: `/issues/comments/${own.id}` }
      : { method: "POST", path: `/issues/${number}/comments` };
    try {
      return (await call<Comment>(access, { ...request, body: { body }, permission: COMMENTS })).id;
    } catch (error) {
      if (!(error instanceof GitHubError) || tries === TRIES) throw error;
      // It may have been written all the same, so it is looked for before it is written again.
      const unsure = !own && (error.status === 0 || error.status >= 500);
      const isGone = own && error.status === 404;
      if (!unsure && !isGone) throw error;
      await sleep(250 * 2 ** tries);
    }
  }
}

async function ownComment(access: GitHubAccess, number: number): Promise<Comment | undefined> {
  const comments = await pages<Comment>(access, `/issues/${number}/comments`, COMMENTS);
  const marked = comments.filter(({ body }) => body?.startsWith(previewMarker));
  const isOwn = await authorTest(access, marked);
  return marked.find(isOwn);
}

interface Authored {
  readonly user?: { readonly login?: string; readonly type?: string } | null;
}

/**
 * Tells what we wrote from what a person wrote who quotes a marker: a bot wrote it, or the user whose token this is. A
 * team's machine user is a user like any other.
 * @param found what has the marker; GitHub is asked for the user only where one of them is not a bot's
 */
export async function authorTest(
  access: GitHubAccess,
  found: readonly Authored[],
): Promise<(one: Authored) => boolean> {
  const isBots = ({ user }: Authored) => user?.type === "Bot";
  if (found.every(isBots)) return isBots;
  const me = await loginOfToken(access);
  return (one) => isBots(one) || (me !== undefined && one.user?.login === me);
}
