import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { locate, MigrationError } from "../../db/migrate/errors.ts";
import { type Journal, type Migration, readJournal } from "../../db/migrate/journal.ts";
import type { LintFinding } from "./lint-finding.ts";
import { filesAt } from "./migrations.ts";
import { squawk } from "./squawk.ts";

/** Which migrations are looked at. */
export interface LintOptions {
  /** Drizzle's migrations folder. */
  readonly folder: string;
  /** `all`, the files with these names, or those that a git revision does not have. */
  readonly which: "all" | { readonly files: readonly string[] } | { readonly since: string };
  readonly say: (line: string) => void;
}

/** What linting found. */
export interface LintResult {
  /** Tags of the migrations that were looked at. */
  readonly checked: readonly string[];
  /** How many migrations there are. */
  readonly of: number;
  readonly findings: readonly LintFinding[];
}

/** Checks migrations with squawk, and for what the runner would refuse; and the journal for what Drizzle would skip. */
export async function lintMigrations({ folder, which, say }: LintOptions): Promise<LintResult> {
  const journal = readJournal(folder);
  const chosen = journal.migrations.filter(chooser(journal.folder, which, say));
  const findings = [
    ...journalFindings(journal),
    ...chosen.flatMap(runnerFindings),
    ...(await squawk(chosen.filter(isReadable))),
  ];
  return { checked: chosen.map(({ tag }) => tag), of: journal.migrations.length, findings };
}

/** The same for the migrations that `base` does not have; with the names of their files alone. */
export async function lintSince(base: string, { folder, say }: Omit<LintOptions, "which">): Promise<LintFinding[]> {
  const { findings } = await lintMigrations({ folder, which: { since: base }, say });
  return findings.map((finding) => ({ ...finding, file: basename(finding.file) }));
}

function chooser(folder: string, which: LintOptions["which"], say: LintOptions["say"]): (one: Migration) => boolean {
  if (which === "all") return () => true;
  if ("files" in which) {
    const wanted = new Set(which.files.map((path) => basename(path)));
    return ({ file }) => wanted.has(basename(file));
  }
  const known = filesAt(which.since, folder);
  if (!known) say(`git does not know ${which.since} here: checking every migration.`);
  return ({ file }) => !known?.has(basename(file));
}

function journalFindings({ folder, migrations, missing, unlisted }: Journal): LintFinding[] {
  const file = join(folder, "meta", "_journal.json");
  const at = (rule: string, message: string): LintFinding => ({ file, line: 1, rule, message });
  const late = migrations.filter(({ when }) => when > Date.now());
  const disordered = migrations.filter(({ when }, index) => when <= (migrations[index - 1]?.when ?? -1));
  const snapshots = existsSync(join(folder, "meta"))
    ? readdirSync(join(folder, "meta")).filter((name) => name.endsWith("_snapshot.json"))
    : [];
  return [
    ...missing.map(({ tag }) => at("missing-file", `${tag} is listed and its file is not there`)),
    ...unlisted().map((name) => at("unlisted-file", `${name} is not in the journal and never runs`)),
    ...late.map(({ tag }) =>
      at("future-time", `the time of ${tag} is in the future: Drizzle's migrator would skip what comes after it`),
    ),
    ...disordered.map(({ tag }) =>
      at("disordered-time", `the time of ${tag} is not after the entry before: Drizzle's migrator may skip it`),
    ),
    ...(migrations.length > 0 && snapshots.length === 0
      ? [at("missing-snapshot", "meta holds no snapshot: drizzle-kit generate would emit the whole schema again")]
      : []),
  ];
}

function runnerFindings(migration: Migration): LintFinding[] {
  const { file, sql } = migration;
  try {
    return migration.problems.map(({ statement, reason }) => ({
      file,
      line: locate(sql, statement.start).line,
      rule: "runner",
      message: reason,
    }));
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return [{ file, line: 1, rule: "directive", message: error.message }];
  }
}

function isReadable(migration: Migration): boolean {
  return !runnerFindings(migration).some(({ rule }) => rule === "directive");
}
