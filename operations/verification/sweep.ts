import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Management } from "../../providers/management/access.ts";
import { type ListedProject, listBranches, listProjects, removeBranch, removeProject } from "../platform/account.ts";
import { isMadeByVerification } from "./name.ts";

/** How often a run that broke off is looked for: a project may still be on its way into the list. */
const LOOKS = 3;
const LOOK_PAUSE_MS = 2_000;

/** Folder that holds state, passphrase-encrypted, and hand-off of every run. */
export function verifyFolder(dataDir: string): string {
  return join(dataDir, "verify");
}

/** Projects that verifications left, of one run or of any. */
export async function leftBehind(platform: Management, run?: string): Promise<ListedProject[]> {
  return (await listProjects(platform)).filter(({ name }) => isMadeByVerification(name, run));
}

/** Removes a project, its branches first: they are projects of their own. */
async function remove(platform: Management, project: ListedProject): Promise<void> {
  const again = "npm run verify:hosted -- --clean";
  for (const branch of await listBranches(platform, project.ref)) await removeBranch(platform, branch, { again });
  await removeProject(platform, project, { again });
}

/**
 * Removes the projects of a run, or of all runs, through the API alone, and then what this machine keeps of them.
 * @returns what was removed
 */
export async function sweep(options: {
  readonly platform: Management;
  readonly dataDir: string;
  readonly run?: string;
  /** True where everything ended in order; else what was under way may turn up late. */
  readonly settled?: boolean;
  readonly say: (line: string) => void;
}): Promise<ListedProject[]> {
  const { platform, dataDir, run, settled, say } = options;
  const looks = settled ? 1 : LOOKS;
  const removed: ListedProject[] = [];
  for (let look = 1; look <= looks; look++) {
    const found = await leftBehind(platform, run);
    for (const project of found) say(`  removing ${project.name} (${project.ref})`);
    await Promise.all(found.map((project) => remove(platform, project)));
    removed.push(...found);
    if (look < looks) await sleep(LOOK_PAUSE_MS);
  }
  await rm(run === undefined ? verifyFolder(dataDir) : join(verifyFolder(dataDir), run), {
    recursive: true,
    force: true,
  });
  return removed;
}
