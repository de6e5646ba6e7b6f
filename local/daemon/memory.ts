import { readdir, readFile } from "node:fs/promises";

/**
 * Memory of a process and its children in bytes, shared pages counted once among those who share them (Pss); null
 * where the platform does not tell.
 */
export async function memoryOf(pid: number): Promise<number | null> {
  if (process.platform !== "linux") return null;
  const family = [pid, ...(await childrenOf(pid))];
  const sizes = await Promise.all(family.map(proportionalSize));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => "")),
  );
  return lists.join(" ").split(" ").filter(Boolean).map(Number);
}

async function proportionalSize(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return 1024 * Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}
