import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { endProcess, type ProcessIdentity } from "../daemon/process.ts";
import type { ProjectLayout } from "../layout.ts";

/** Says which process a project's Auth server is. */
export const processFile = (files: ProjectLayout): string => join(files.auth, "process.json");

/** Ends the Auth server that belongs to a project's folder, also one of a daemon that was killed. */
export async function stopAuthServer(files: ProjectLayout): Promise<void> {
  const file = processFile(files);
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return;
  const steps = [
    { signal: "SIGTERM", waitMs: 3_000 },
    { signal: "SIGKILL", waitMs: 2_000 },
  ] as const;
  await endProcess({ identity: JSON.parse(text) as ProcessIdentity, steps: [...steps] });
  await rm(file, { force: true });
}
