import { existsSync, watch } from "node:fs";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, connectTo, type ServerOf, startCluster } from "./cluster.ts";

const FOLDER = "TAILFIRE_TEST_CLUSTER";

/**
 * Around a whole run of the tests: one cluster for every file that needs nothing of a server of its own. The first file that
 * asks for it waits until it is there; a run that does not ask starts none.
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "shared-cluster-"));
  process.env[FOLDER] = folder;
  let starting: Promise<Cluster> | undefined;
  const asked = watch(folder, () => {
    if (starting || !existsSync(join(folder, "asked"))) return;
    starting = startCluster();
    starting.then(
      ({ port, password }) => answer(folder, { port, password }),
      (error: unknown) => answer(folder, { failure: String(error) }),
    );
  });
  return async () => {
    asked.close();
    await (await starting?.catch(() => undefined))?.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function answer(folder: string, content: object): Promise<void> {
  await writeFile(join(folder, "partial"), JSON.stringify(content));
  await rename(join(folder, "partial"), join(folder, "ready"));
}

/** The cluster of this run; `stop` takes leave of it. Its databases are a file's own; roles are everybody's: name them after a database. */
export async function sharedCluster(): Promise<Cluster> {
  const folder = process.env[FOLDER];
  if (!folder)
    throw new Error("No shared cluster: vitest.config.ts names test/support/shared-cluster.ts in globalSetup");
  await writeFile(join(folder, "asked"), "");
  const ready = join(folder, "ready");
  while (!existsSync(ready)) await sleep(20);
  const found: ServerOf & { failure?: string } = JSON.parse(await readFile(ready, "utf8"));
  if (found.failure) throw new Error(found.failure);
  return connectTo(found);
}
