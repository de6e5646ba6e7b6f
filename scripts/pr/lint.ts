import { spawnSync } from "node:child_process";
import { basename, join } from "node:path";
import { projectRoot } from "../../engine/paths.ts";

/** What `npm run db:lint` finds in the migrations a pull request adds. */
export interface LintFinding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** Runs `db:lint` on the migrations that `base` does not have. */
export function lintSince(base: string): LintFinding[] {
  const args = [join(projectRoot, "scripts/setup.mjs"), "--run", "db-lint", "--since", base, "--json"];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 32 * 1024 * 1024 });
  const start = stdout.indexOf("{");
  if (start === -1) throw new Error(`Checking migrations with db:lint failed: ${stderr.trim().slice(0, 500)}`);
  const document: { findings: LintFinding[] } = JSON.parse(stdout.slice(start));
  return document.findings.map((finding) => ({ ...finding, file: basename(finding.file) }));
}
