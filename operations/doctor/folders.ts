import { existsSync } from "node:fs";
import { mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { defaultCacheDir, defaultDataDir, projectRoot } from "../../engine/paths.ts";
import { type Diagnosis, look } from "./finding.ts";

const MIB = 1024 * 1024;
/** A project of the local cloud takes about 100 MiB with its write-ahead log, an engine that is built 2 GiB for a while. */
const SHORT = 2048 * MIB;
const TOO_SHORT = 256 * MIB;

/** Folders that commands write to, each written to and measured. What is written is removed again. */
export async function checkFolders(env: NodeJS.ProcessEnv = process.env): Promise<Diagnosis[]> {
  const folders = [
    ["checkout", projectRoot, "npm run env, hand-offs and bundles are written here."],
    ["data folder", defaultDataDir(env), "Set TAILFIRE_DATA_DIR to a folder that can be written to."],
    ["cache folder", defaultCacheDir(env), "Set TAILFIRE_CACHE_DIR to a folder that can be written to."],
    ["temporary folder", tmpdir(), "Set TMPDIR to a folder that can be written to."],
  ] as const;
  const found = await Promise.all(folders.map(([check, path, next]) => checkFolder(check, path, next)));
  return found.flat();
}

function checkFolder(check: string, path: string, next: string): Promise<Diagnosis[]> {
  return look(check, next, async () => {
    const existing = nearestFolder(path);
    const trial = await mkdtemp(join(existing, ".doctor-"));
    try {
      await writeFile(join(trial, "trial"), Buffer.alloc(4096));
    } finally {
      await rm(trial, { recursive: true, force: true });
    }
    const { bavail, bsize } = await statfs(existing);
    return [spaceFinding({ check, path, isThere: existing === path, free: bavail * bsize })];
  });
}

/** What the bytes that are free below a folder mean. */
export function spaceFinding(folder: {
  readonly check: string;
  readonly path: string;
  readonly isThere: boolean;
  readonly free: number;
}): Diagnosis {
  const { check, path, isThere, free } = folder;
  const size = free < 10 * 1024 * MIB ? `${Math.floor(free / MIB)} MiB` : `${Math.floor(free / (1024 * MIB))} GiB`;
  const found = `${path}${isThere ? "" : " (to be made)"}: can be written to, ${size} free`;
  if (free >= SHORT) return { check, level: "ok", found };
  const next = "Make room: a cluster that runs out of disk stops, and an engine cannot be built.";
  return { check, level: free < TOO_SHORT ? "error" : "warning", found, next };
}

function nearestFolder(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestFolder(dirname(path));
}
