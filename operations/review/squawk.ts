import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Migration } from "../../db/migrate/journal.ts";
import { projectRoot } from "../../engine/paths.ts";
import type { LintFinding } from "./lint-finding.ts";

interface SquawkFinding {
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
  readonly rule_name: string;
  readonly message: string;
  readonly help?: string | null;
}

const MOST_BYTES = 64 * 1024 * 1024;
const run = promisify(execFile);

/** What squawk finds in migrations, each looked at as it will run: inside a transaction, or outside. */
export async function squawk(migrations: readonly Migration[]): Promise<LintFinding[]> {
  // Of a file that cannot be read nothing runs, and squawk would end with a backtrace for all.
  const readable = migrations.filter(({ statements, problems }) => statements.length > 0 || problems.length === 0);
  const inside = readable.filter(({ directives }) => directives.transaction);
  const outside = readable.filter(({ directives }) => !directives.transaction);
  return [...(await runSquawk(inside, ["--assume-in-transaction"])), ...(await runSquawk(outside, []))];
}

async function runSquawk(migrations: readonly Migration[], flags: readonly string[]): Promise<LintFinding[]> {
  if (migrations.length === 0) return [];
  const binary = join(projectRoot, "node_modules", ".bin", process.platform === "win32" ? "squawk.cmd" : "squawk");
  const files = migrations.map(({ file }) => file);
  const args = ["--config", join(projectRoot, ".squawk.toml"), "--reporter", "json", ...flags, ...files];
  // Its exit code says whether there are findings; a failure of its own prints no document.
  const { stdout, stderr } = await run(binary, args, { maxBuffer: MOST_BYTES }).catch(
    (error: { message: string; stdout?: string; stderr?: string }) => ({
      stdout: error.stdout ?? "",
      stderr: error.stderr || error.message,
    }),
  );
  if (!stdout.trimStart().startsWith("[")) return unchecked(migrations, flags, stderr);
  const found: SquawkFinding[] = JSON.parse(stdout);
  return found.map(({ file, line, rule_name, message, help }) => ({
    file,
    line: line + 1,
    rule: rule_name,
    message: help ? `${message} ${help}` : message,
  }));
}

/** Squawk ends at the first file it cannot take: the others are checked one by one. */
async function unchecked(
  migrations: readonly Migration[],
  flags: readonly string[],
  stderr: string,
): Promise<LintFinding[]> {
  if (stderr.includes("ENOENT")) throw new Error(`Running squawk failed: ${stderr.trim()}. It comes with: npm ci`);
  const [only] = migrations;
  if (migrations.length > 1 || !only)
    return (await Promise.all(migrations.map((each) => runSquawk([each], flags)))).flat();
  const [reason = ""] = stderr.trim().split("\n");
  return [{ file: only.file, line: 1, rule: "squawk", message: `squawk could not check this file: ${reason}` }];
}
