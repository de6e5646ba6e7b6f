import { execFile } from "node:child_process";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../engine/paths.ts";

/** What `npm run db:lint` finds in the migrations a pull request adds. */
export interface LintFinding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

const run = promisify(execFile);

/** Runs `db:lint` on the migrations that `base` does not have. */
export async function lintSince(base: string): Promise<LintFinding[]> {
  const args = [join(projectRoot, "scripts/setup.mjs"), "--run", "db-lint", "--since", base, "--json"];
  // Its exit code says whether there are findings; a failure of its own prints no document.
  const { stdout, stderr } = await run(process.execPath, args, { maxBuffer: 32 * 1024 * 1024 }).catch(
    (error: { stdout?: string; stderr?: string }) => ({ stdout: error.stdout ?? "", stderr: error.stderr ?? "" }),
  );
  const start = stdout.indexOf("{");
  if (start === -1) throw new Error(`Checking migrations with db:lint failed: ${stderr.trim().slice(0, 500)}`);
  const document: { findings: LintFinding[] } = JSON.parse(stdout.slice(start));
  return document.findings.map((finding) => ({ ...finding, file: basename(finding.file) }));
}
