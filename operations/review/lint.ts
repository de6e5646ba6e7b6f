import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { locate } from "../../db/migrate/errors.ts";
import { toolOfName } from "../../db/migrate/file/foreign-files.ts";
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

/** Files were named that the journal does not: a misspelt name would otherwise look clean. */
export class UnknownFilesError extends Error {
  override readonly name = "UnknownFilesError";
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
  const chosen = journal.migrations.filter(chooser(journal, which, say));
  const findings = [...journalFindings(journal), ...chosen.flatMap(runnerFindings), ...(await squawk(chosen))];
  return { checked: chosen.map(({ tag }) => tag), of: journal.migrations.length, findings };
}

/** The same for the migrations that `base` does not have; with the names of their files alone. */
export async function lintSince(base: string, { folder, say }: Omit<LintOptions, "which">): Promise<LintFinding[]> {
  const { findings } = await lintMigrations({ folder, which: { since: base }, say });
  return findings.map((finding) => ({ ...finding, file: basename(finding.file) }));
}

function chooser(
  { folder, migrations }: Journal,
  which: LintOptions["which"],
  say: LintOptions["say"],
): (one: Migration) => boolean {
  if (which === "all") return () => true;
  if ("files" in which) {
    const wanted = new Set(which.files.map((path) => basename(path)));
    const strange = [...wanted].filter((name) => !migrations.some(({ file }) => basename(file) === name));
    if (strange.length > 0) throw new UnknownFilesError(`The journal in ${folder} names no ${strange.join(", ")}.`);
    return ({ file }) => wanted.has(basename(file));
  }
  const known = filesAt(which.since, folder);
  if (!known) say(`git does not know ${which.since} here: checking every migration.`);
  return ({ file }) => !known?.has(basename(file));
}

function journalFindings({ folder, migrations, missing, unlisted }: Journal): LintFinding[] {
  const file = join(folder, "meta", "_journal.json");
  const text = readFileSync(file, "utf8");
  const at = (rule: string, message: string, tag?: string): LintFinding => {
    const offset = tag === undefined ? 0 : Math.max(0, text.indexOf(JSON.stringify(tag)));
    return { file, line: locate(text, offset).line, rule, message };
  };
  const late = migrations.filter(({ when }) => when > Date.now());
  const disordered = migrations.filter(({ when }, index) => when <= (migrations[index - 1]?.when ?? -1));
  const snapshots = existsSync(join(folder, "meta"))
    ? readdirSync(join(folder, "meta")).filter((name) => name.endsWith("_snapshot.json"))
    : [];
  return [
    ...missing.map(({ tag }) => at("missing-file", `${tag} is listed and its file is not there`, tag)),
    ...unlisted().map((name) => unlistedFinding(folder, name)),
    ...late.map(({ tag }) =>
      at("future-time", `the time of ${tag} is in the future: Drizzle's migrator would skip what comes after it`, tag),
    ),
    ...disordered.map(({ tag }) =>
      at("disordered-time", `the time of ${tag} is not after the entry before: Drizzle's migrator may skip it`, tag),
    ),
    ...(migrations.length > 0 && snapshots.length === 0
      ? [at("missing-snapshot", "meta holds no snapshot: drizzle-kit generate would emit the whole schema again")]
      : []),
  ];
}

function unlistedFinding(folder: string, name: string): LintFinding {
  const tool = toolOfName(name);
  const message = `${tool === undefined ? "" : `this is a ${tool} file: `}it is not in the journal and never runs`;
  return { file: join(folder, name), line: 1, rule: "unlisted-file", message };
}

function runnerFindings({ file, sql, problems }: Migration): LintFinding[] {
  return problems.map(({ start, reason }) => ({
    file,
    line: locate(sql, start).line,
    rule: "runner",
    message: reason,
  }));
}
