import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ProjectRecord } from "../state.ts";

const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES = 2 ** 26;

/** The program inside the npm package `supabase`; undefined where it is not installed, or has none for this platform. */
export function findSupabaseProgram(): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    const fromCli = createRequire(require.resolve("supabase/package.json"));
    const name = `@supabase/cli-${process.platform}-${process.arch}`;
    return join(dirname(fromCli.resolve(`${name}/package.json`)), "bin", "supabase");
  } catch {
    return undefined;
  }
}

/**
 * Runs a command of the Supabase CLI on the database of a project, as a role that can read everything and write nothing.
 * Answers what it wrote to stdout. The password is no argument: those are for everybody to read.
 */
export async function inspect(options: {
  program: string;
  record: ProjectRecord;
  /** A folder for the program to keep its own files in. */
  home: string;
  args: readonly string[];
}): Promise<string> {
  const { program, record, home, args } = options;
  const { host, port } = record.address;
  const url = `postgresql://supabase_read_only_user@${host}:${port}/postgres`;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    PGPASSWORD: record.internal.reader,
    SUPABASE_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
  };
  const all = [...args, `--remote=${url}`, "--agent", "no"];
  return new Promise((resolve, reject) => {
    const settings = { env, cwd: home, timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES };
    execFile(program, all, settings, (error, stdout, stderr) => {
      if (error) reject(new Error(`supabase ${args.slice(0, 2).join(" ")} failed: ${stderr.trim().slice(-500)}`));
      else resolve(stdout);
    });
  });
}
