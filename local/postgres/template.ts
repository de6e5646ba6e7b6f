import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { withLock } from "../daemon/lock.ts";
import { type Binaries, findPackage, nameBinaries } from "./binaries.ts";
import { platformExtensions } from "./extensions.ts";
import type { Launcher } from "./launcher.ts";
import { randomPassword } from "./scram.ts";

const run = promisify(execFile);
const bootstrapFolder = join(import.meta.dirname, "bootstrap");

/** A stopped cluster with Supabase's roles and schemas; every project starts as a copy of it. */
export interface Template {
  data: string;
  /** Password of `supabase_admin` in the template, replaced in each project before it is handed out. */
  adminPassword: string;
  /** Names the Postgres build and the bootstrap SQL it was made from. */
  key: string;
}

/** 4 MB in the place of 16: a new project copies three of them. */
const WAL_SEGMENT_MB = 4;
const INITDB = [
  "--username=supabase_admin",
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C",
  "--data-checksums",
  `--wal-segsize=${WAL_SEGMENT_MB}`,
  "--no-sync",
  "--no-instructions",
];

/** The order of a hosted project, and what takes its place in a build without ICU. */
const COLLATION = ["--locale-provider=icu", "--icu-locale=en-US"];
const COLLATION_WITHOUT_ICU = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"];

/** Finds the template in the cache, or makes it (1-2 s) while holding a lock: two at once make it once. */
export async function ensureTemplate(options: {
  cacheDir: string;
  binaries: Binaries;
  launcher: Launcher;
  onProgress?: (line: string) => void;
}): Promise<Template> {
  const sql = await readBootstrap();
  const key = templateKey({ version: options.binaries.version, launcher: options.launcher.kind, sql });
  const folder = join(options.cacheDir, "postgres-template", key);
  const found = await readTemplate({ folder, key });
  if (found) return found;
  return withLock({
    file: `${folder}.lock`,
    onWait: () => options.onProgress?.("waiting for another process that prepares the Postgres template"),
    work: async () => {
      const made = await readTemplate({ folder, key });
      if (made) return made;
      options.onProgress?.(`preparing the Postgres ${options.binaries.postgresVersion} template (once, 1-2 s)`);
      await build({ ...options, folder, sql });
      const built = await readTemplate({ folder, key });
      if (!built) throw new Error(`the Postgres template was made but cannot be read in ${folder}`);
      return built;
    },
  });
}

/** Names what a fresh project is made of: the Postgres programs, their extensions, and the SQL that prepares them. */
export async function templateName(): Promise<string> {
  const { name } = await nameBinaries(findPackage(), await platformExtensions());
  return templateKey({ version: name, launcher: "any", sql: await readBootstrap() });
}

async function readBootstrap(): Promise<string> {
  const names = (await readdir(bootstrapFolder)).filter((name) => name.endsWith(".sql")).sort();
  const files = await Promise.all(names.map((name) => readFile(join(bootstrapFolder, name), "utf8")));
  return files.join("\n");
}

function templateKey(options: { version: string; launcher: string; sql: string }): string {
  const uid = String(process.getuid?.() ?? "");
  const { version, launcher, sql } = options;
  const parts = [version, process.platform, process.arch, uid, launcher, ...INITDB, ...COLLATION, sql];
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}

async function readTemplate(options: { folder: string; key: string }): Promise<Template | undefined> {
  try {
    const adminPassword = (await readFile(join(options.folder, "admin.password"), "utf8")).trim();
    return { data: join(options.folder, "data"), adminPassword, key: options.key };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function build(options: { folder: string; sql: string; binaries: Binaries; launcher: Launcher }): Promise<void> {
  const { binaries, launcher } = options;
  const unfinished = `${options.folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await chmod(unfinished, 0o700);
  const passwordFile = join(unfinished, "admin.password");
  await writeFile(passwordFile, `${randomPassword()}\n`, { mode: 0o600 });
  await launcher.own(unfinished);
  const data = join(unfinished, "data");
  const initdb = (collation: string[]) => {
    const args = [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...INITDB, ...collation];
    const command = launcher.command(binaries.initdb, args);
    return run(command.file, command.args, { ...command.options, encoding: "utf8" });
  };
  const withoutIcu = (error: Error) => {
    if (!/ICU is not supported/i.test(error.message)) throw error;
    return initdb(COLLATION_WITHOUT_ICU);
  };
  await initdb(COLLATION)
    .catch(withoutIcu)
    .catch((error: Error) => {
      const other =
        launcher.kind === "uid switch" ? "; Postgres runs as another user here, who must be able to read it" : "";
      throw new Error(
        `${binaries.initdb} failed for the Postgres template (${launcher.kind})${other}: ${error.message}`,
        {
          cause: error,
        },
      );
    });
  await runSingleUser({ ...options, data });
  await rename(unfinished, options.folder);
}

/** Single-user mode needs no port and no password, and stops at the first error. */
async function runSingleUser(options: {
  data: string;
  sql: string;
  binaries: Binaries;
  launcher: Launcher;
}): Promise<void> {
  const args = ["--single", "-j", "-D", options.data, "-c", "exit_on_error=true", "-c", "fsync=off", "postgres"];
  const command = options.launcher.command(options.binaries.postgres, args);
  const child = spawn(command.file, command.args, { ...command.options, stdio: ["pipe", "ignore", "pipe"] });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin?.on("error", () => undefined).end(options.sql);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  if (code === 0) return;
  const reason = stderr.split("\n").find((line) => /(ERROR|FATAL|PANIC):/.test(line)) ?? stderr.slice(-500);
  throw new Error(`the bootstrap SQL of the Postgres template failed (exit ${code}): ${reason}`);
}
