import { RefusedError } from "../../engine/error.ts";
import { listProjects } from "../platform/account.ts";
import { localPlatform, openLocalCloud } from "./local-cloud.ts";
import { openSession } from "./session.ts";
import { isPullRequestStack } from "./stack-names.ts";
import { changeStackSettings } from "./stack-settings.ts";

/** Which project of the local cloud a local stack is to take over. */
export interface LocalAdoption {
  readonly dataDir: string;
  readonly stack: string;
  readonly ref: string;
  /** What role `postgres` of its database has. Kept encrypted; proven by the first `preview` or `up`. */
  readonly password: string;
  readonly onLine: (line: string) => void;
}

/**
 * Has a local stack take over a project at its next `up`, instead of making one: keeps the project's reference in the stack's
 * local settings, and its password as a secret of the stack. @throws RefusedError before anything is written
 */
export async function adoptLocal({ dataDir, stack, ref, password, onLine }: LocalAdoption): Promise<void> {
  const refuse = (answered: string, next: string) =>
    new RefusedError({
      attempted: `Having stack ${stack} adopt ${ref}`,
      answered: `${answered}. Nothing was changed`,
      next,
    });
  if (isPullRequestStack(stack)) throw refuse("a pull request's preview adopts nothing", "Name another stack.");
  if (password === "") throw refuse("the password is empty", "Hand it over on standard input: ... < password.txt");
  const cloud = await openLocalCloud({ dataDir, onProgress: onLine });
  const projects = await listProjects(localPlatform(cloud, stack));
  if (!projects.some((project) => project.ref === ref)) {
    const known = projects.map((project) => `${project.ref} (${project.name})`).join(", ") || "none";
    throw refuse(`the organization of stack ${stack} has no such project; it has: ${known}`, "Name one of those.");
  }
  const opened = (
    await openSession({ stack, dataDir, onProgress: (progress) => progress.kind === "line" && onLine(progress.text) })
  ).stack;
  const own = (await opened.resources()).find(({ type }) => type === "supabase:index/project:Project")?.id;
  if (own !== undefined && own !== ref)
    throw refuse(`it has project ${own}`, `Destroy that first: npm run destroy -- ${stack}`);
  await opened.command(["config", "set", "databasePassword", "--secret"], { input: password });
  await changeStackSettings({ dataDir, stack }, { ref });
}
