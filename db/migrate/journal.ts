import { hash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { MigrationError } from "./errors.ts";
import type { Directives, Problem } from "./file/directives.ts";
import { toolOfFolder } from "./file/foreign-files.ts";
import { type ParsedFile, parseFile } from "./file/parse.ts";
import { readSource, type SourceText, withoutMark } from "./file/source-text.ts";
import { StatementList } from "./statement-list.ts";

/** One entry of Drizzle's journal with the file it names. */
export class Migration {
  /** The file's name without `.sql`. */
  readonly tag: string;
  /** Position in the journal: the order of application. */
  readonly index: number;
  /** The journal's time in milliseconds; Drizzle's ledger stores it as `created_at`. */
  readonly when: number;
  /** sha256 of the whole file, as Drizzle computes it. */
  readonly hash: string;
  readonly file: string;
  /** The file's text, without a byte-order mark. */
  readonly sql: string;
  readonly #text: string;
  readonly #problem: Problem | undefined;
  #read: ParsedFile | undefined;

  constructor(source: { tag: string; index: number; when: number; file: string; source: SourceText }) {
    this.tag = source.tag;
    this.index = source.index;
    this.when = source.when;
    this.file = source.file;
    this.#text = source.source.text;
    this.sql = withoutMark(this.#text);
    this.#problem = source.source.problem;
    // Of the decoded text, as Drizzle does: it differs from the bytes where those are not UTF-8.
    this.hash = hash("sha256", source.source.text);
  }

  /**
   * Hashes that a ledger may hold for this file: those it has where its lines end otherwise, as on another platform, and
   * those of the texts it had before it was corrected (`-- migrate: was HASH`).
   */
  get otherHashes(): string[] {
    const unix = this.#text.replaceAll("\r\n", "\n");
    const before = [...unix.matchAll(/^-- migrate: was ([0-9a-f]{64})$/gm)].map(([, each = ""]) => each);
    const byLineEnds = [unix, unix.replaceAll("\n", "\r\n")].map((text) => hash("sha256", text));
    return [...byLineEnds, ...before].filter((each) => each !== this.hash);
  }

  /** What is sent, one by one. Parsed when first asked for: an applied migration never is. */
  get statements(): StatementList {
    return this.#parsed.statements;
  }

  /** Why this runner cannot run the file, with every place in it. */
  get problems(): Problem[] {
    return this.#parsed.problems;
  }

  /** What the file's `-- migrate:` lines ask for. One that is not understood is among `problems`. */
  get directives(): Directives {
    return this.#parsed.directives;
  }

  get #parsed(): ParsedFile {
    // A text that is not what the file holds has no statements to speak of.
    this.#read ??= this.#problem
      ? { statements: new StatementList(this.sql), directives: { transaction: true }, problems: [this.#problem] }
      : parseFile(this.tag, this.sql);
    return this.#read;
  }
}

/** A journal entry whose file is not there: allowed only where the database says it was applied. */
type MissingFile = { tag: string; index: number; when: number; file: string };

/** What a migrations folder holds. */
export type Journal = {
  folder: string;
  migrations: Migration[];
  missing: MissingFile[];
  /** SQL files next to the journal that no entry names: nothing ever runs them. Looked for when asked. */
  unlisted(): string[];
};

type Entry = { tag: string; when: number };

/** Reads `meta/_journal.json` and every file it names. Throws a MigrationError (code `journal`) for an unreadable one. */
export function readJournal(folder: string): Journal {
  const steps = reading(folder);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/**
 * The same while a server is asked. Files are read synchronously, which is faster for many small ones; turns between them
 * let queries leave and answers arrive.
 */
export async function readJournalInTurns(folder: string): Promise<Journal> {
  // postgres.js takes a query in one turn and writes it in the next.
  await nextTurn();
  await nextTurn();
  const steps = reading(folder);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await nextTurn();
  }
}

const filesPerTurn = 64;

function* reading(folder: string): Generator<undefined, Journal> {
  const entries = readEntries(folder);
  const journal: Journal = { folder, migrations: [], missing: [], unlisted: () => unlistedFiles(folder, entries) };
  for (const [index, { tag, when }] of entries.entries()) {
    if (index % filesPerTurn === filesPerTurn - 1) yield;
    const file = join(folder, `${tag}.sql`);
    const source = readOrMissing(file);
    if (source === undefined) journal.missing.push({ tag, index, when, file });
    else journal.migrations.push(new Migration({ tag, index, when, file, source }));
  }
  return journal;
}

/** The migrations of a folder in journal order. Throws a MigrationError naming every file the journal lists in vain. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const { migrations, missing } = readJournal(folder);
  if (missing.length > 0) {
    throw new MigrationError(
      "journal",
      `The journal in ${folder} names files that are not there: ${missing.map(({ file }) => file).join(", ")}. Restore them from version control.`,
    );
  }
  return migrations;
}

function readEntries(folder: string): Entry[] {
  const path = join(folder, "meta", "_journal.json");
  let parsed: unknown;
  try {
    parsed = JSON.parse(withoutMark(readSource(path).text));
  } catch (cause) {
    const tool = toolOfFolder(folder);
    const next = tool
      ? `The folder holds ${tool} files, which this runner does not run: put their SQL into files made by "npm run db:generate -- --custom"`
      : `It is written by "drizzle-kit generate"`;
    throw new MigrationError("journal", `Reading the migration journal ${path} failed: ${message(cause)}. ${next}.`, {
      details: { file: path },
      cause,
    });
  }
  const entries = typeof parsed === "object" && parsed !== null && "entries" in parsed ? parsed.entries : undefined;
  if (!Array.isArray(entries) || !entries.every(isEntry)) {
    throw new MigrationError(
      "journal",
      `${path} is not a Drizzle journal: "entries" must list objects with "tag" and "when".`,
    );
  }
  const seen = new Set<string>();
  const twice = entries.find(({ tag }) => seen.size === seen.add(tag).size)?.tag;
  if (twice !== undefined)
    throw new MigrationError("journal", `${path} lists ${twice} twice. Keep one of the two entries.`);
  return entries;
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === "object" &&
    value !== null &&
    "tag" in value &&
    typeof value.tag === "string" &&
    "when" in value &&
    Number.isSafeInteger(value.when)
  );
}

function readOrMissing(file: string): SourceText | undefined {
  try {
    return readSource(file);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new MigrationError("journal", `Reading ${file} failed: ${message(cause)}.`, { details: { file }, cause });
  }
}

function unlistedFiles(folder: string, entries: Entry[]): string[] {
  const listed = new Set(entries.map(({ tag }) => `${tag}.sql`));
  return readdirSync(folder).filter((name) => name.endsWith(".sql") && !listed.has(name));
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
