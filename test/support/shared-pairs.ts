import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resetLocalCloud, stopLocalCloud } from "../../local/cloud.ts";
import { loadCloud, readSaved, saveCloud } from "../../local/saved.ts";
import type { Place } from "./environment.ts";

const FOLDER = "TAILFIRE_TEST_PAIRS";
const SAVED = "pair";

/** Around a whole run of the tests: a folder for the pairs of its workers. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "pairs-"));
  process.env[FOLDER] = folder;
  return async () => {
    for (const worker of await readdir(folder)) await resetLocalCloud({ dataDir: join(folder, worker) });
    await rm(folder, { recursive: true, force: true });
  };
}

/** Where the pair of this worker lies, which runs one file at a time. */
export function folderOfWorker(): string {
  return join(process.env[FOLDER] ?? tmpdir(), `worker-${process.env.VITEST_POOL_ID}`);
}

/** Brings both up the first time, and each further time puts a copy of what they were then in their place. */
export async function beginPair({ dataDir, open }: Place): Promise<void> {
  // A worker that was killed left its cloud running.
  await stopLocalCloud({ dataDir });
  const isSaved = (await readSaved({ dataDir, name: SAVED })) !== undefined;
  for (const name of await readdir(dataDir).catch(() => []))
    if (name !== "saved") await rm(join(dataDir, name), { recursive: true, force: true });
  if (isSaved) return loadCloud({ dataDir, name: SAVED });
  for (const stack of ["prod", "preview"]) await (await open(stack)).stack.up();
  await saveCloud({ dataDir, name: SAVED });
}
