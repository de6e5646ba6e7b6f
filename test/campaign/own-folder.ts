import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isProcessAlive } from "../../engine/process.ts";

/**
 * A temporary folder named after this process, once those are removed that processes left which were killed.
 * @param release ends what runs in a folder, before it is removed
 */
export async function openFolder(name: string, release: (path: string) => Promise<void>) {
  const remove = async (path: string) => {
    await release(path);
    await rm(path, { recursive: true, force: true });
  };
  for (const entry of await readdir(tmpdir())) {
    const [, own, pid] = /^(.+)-(\d+)-\w{6}$/.exec(entry) ?? [];
    if (own === name && !isProcessAlive(Number(pid))) await remove(join(tmpdir(), entry));
  }
  const path = await mkdtemp(join(tmpdir(), `${name}-${process.pid}-`));
  return { path, remove: () => remove(path) };
}
