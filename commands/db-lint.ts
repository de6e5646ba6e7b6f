import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { locate } from "../db/migrate/errors.ts";
import { toolOfName } from "../db/migrate/file/foreign-files.ts";
import { type Journal, type Migration, readJournal } from "../db/migrate/journal.ts";

const root = join(import.meta.dirname, "..");
const usage = `Checks migrations before they are applied: with squawk (rules and the reason for each exception in .squawk.toml), and
for what the runner would refuse.

Usage: npm run db:lint -- [FILE ...] [options]

  --since REF       the files that are not in this git revision (default HEAD: those not committed yet)
  --all             every file of the journal
  --folder FOLDER   Drizzle's migrations folder (default migrations)
  --json            one JSON document on stdout
  -h, --help        this text

Exit codes: 0 nothing found, 1 something found, 2 wrong usage.
`;

type Finding = { file: string; line: number; rule: string; message: string };
type SquawkFinding = { file: string; line: number; rule_name: string; message: string; help?: string | null };

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      since: { type: "string", default: "HEAD" },
      all: { type: "boolean", default: false },
      folder: { type: "string", default: "migrations" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const journal = readJournal(resolve(values.folder));
  const wanted = positionals.length > 0 ? new Set(positionals.map((path) => basename(path))) : undefined;
  const strange = [...(wanted ?? [])].filter((name) => !journal.migrations.some(({ file }) => basename(file) === name));
  if (strange.length > 0) throw new TypeError(`The journal in ${journal.folder} names no ${strange.join(", ")}.`);
  const known = wanted || values.all ? new Set<string>() : filesAt(values.since, journal.folder);
  const chosen = journal.migrations.filter(({ file }) =>
    wanted ? wanted.has(basename(file)) : !known.has(basename(file)),
  );
  const findings = [...journalFindings(journal), ...chosen.flatMap(runnerFindings), ...squawk(chosen)];
  if (values.json)
    process.stdout.write(`${JSON.stringify({ checked: chosen.map(({ tag }) => tag), findings }, null, 2)}\n`);
  for (const { file, line, rule, message } of findings)
    process.stderr.write(`${relative(process.cwd(), file)}:${line}: ${rule}: ${message}\n`);
  process.stderr.write(
    `${chosen.length} of ${journal.migrations.length} migrations checked, ${findings.length} findings.\n`,
  );
  return findings.length > 0 ? 1 : 0;
}

/** What the folder held at a git revision; nothing where there is no git. */
function filesAt(revision: string, folder: string): Set<string> {
  try {
    const listed = execFileSync("git", ["ls-tree", "--name-only", revision, "./"], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
    return new Set(listed.split("\n").map((path) => basename(path)));
  } catch {
    process.stderr.write(`git does not know ${revision} here: checking every migration.\n`);
    return new Set();
  }
}

function journalFindings({ folder, migrations, missing, unlisted }: Journal): Finding[] {
  const file = join(folder, "meta", "_journal.json");
  const text = readFileSync(file, "utf8");
  const at = (rule: string, message: string, tag?: string): Finding => {
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

function unlistedFinding(folder: string, name: string): Finding {
  const tool = toolOfName(name);
  const message = `${tool === undefined ? "" : `this is a ${tool} file: `}it is not in the journal and never runs`;
  return { file: join(folder, name), line: 1, rule: "unlisted-file", message };
}

function runnerFindings({ file, sql, problems }: Migration): Finding[] {
  return problems.map(({ start, reason }) => ({
    file,
    line: locate(sql, start).line,
    rule: "runner",
    message: reason,
  }));
}

function squawk(migrations: Migration[]): Finding[] {
  // Of a file that cannot be read nothing runs, and squawk would end with a backtrace for all.
  const readable = migrations.filter(({ statements, problems }) => statements.length > 0 || problems.length === 0);
  const inside = readable.filter(({ directives }) => directives.transaction);
  const outside = readable.filter(({ directives }) => !directives.transaction);
  return [...runSquawk(inside, ["--assume-in-transaction"]), ...runSquawk(outside, [])];
}

function runSquawk(migrations: Migration[], flags: string[]): Finding[] {
  if (migrations.length === 0) return [];
  const binary = join(root, "node_modules", ".bin", process.platform === "win32" ? "squawk.cmd" : "squawk");
  const args = [
    "--config",
    join(root, ".squawk.toml"),
    "--reporter",
    "json",
    ...flags,
    ...migrations.map(({ file }) => file),
  ];
  const { stdout, stderr, error } = spawnSync(binary, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (error) throw new Error(`Running squawk (${binary}) failed: ${error.message}. It comes with: npm ci`);
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
function unchecked(migrations: Migration[], flags: string[], stderr: string): Finding[] {
  const [only] = migrations;
  if (migrations.length > 1 || !only) return migrations.flatMap((each) => runSquawk([each], flags));
  const [reason = ""] = stderr.trim().split("\n");
  return [{ file: only.file, line: 1, rule: "squawk", message: `squawk could not check this file: ${reason}` }];
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
