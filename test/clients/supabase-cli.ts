import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestCloud } from "../support/local-cloud.ts";

/** How a command of the Supabase CLI ended. */
export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** The CLI, unmodified, with its profile pointed at a local cloud and a home folder of its own. */
export async function openCli(options: { program: string; cloud: TestCloud; folder: string }) {
  const { program, cloud, folder } = options;
  const [home, work] = [join(folder, "home"), join(folder, "work")];
  for (const path of [home, work]) await mkdir(path, { recursive: true });
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    SUPABASE_PROFILE: cloud.cloud.supabaseProfile,
    SUPABASE_ACCESS_TOKEN: cloud.organization(0).token,
    SUPABASE_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
  };
  const run = (args: string[], extra: NodeJS.ProcessEnv = {}): Promise<CliResult> =>
    new Promise((resolve) => {
      const all = ["--workdir", work, "--yes", "--experimental", ...args];
      const settings = { env: { ...env, ...extra }, cwd: work, timeout: 60_000, maxBuffer: 2 ** 24 };
      const child = execFile(program, all, settings, (error, stdout, stderr) => {
        const code = error ? (typeof error.code === "number" ? error.code : 1) : 0;
        resolve({ code, stdout, stderr });
      });
      child.stdin?.end();
    });
  return {
    work,
    run,
    /** Runs a command that must succeed, and says what it wrote to stdout. */
    ok: async (args: string[], extra?: NodeJS.ProcessEnv): Promise<string> => {
      const { code, stdout, stderr } = await run(args, extra);
      if (code !== 0) throw new Error(`supabase ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
      return stdout;
    },
  };
}
