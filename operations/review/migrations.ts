import { execFileSync } from "node:child_process";
import { basename } from "node:path";
import type { Migration } from "../../db/migrate/journal.ts";
import { readMigrations } from "../../db/migrate/journal.ts";
import { migrationsFolder } from "../../engine/paths.ts";

/** What a pull request adds to the migrations of its base branch. */
export interface NewMigrations {
  /** False where git does not know the base: nothing can be said then. */
  readonly known: boolean;
  readonly migrations: readonly Migration[];
  /** Tags of those that touch the catalog, which Production does not have in that shape yet. */
  readonly onCatalog: readonly string[];
}

const change = /\b(create|alter|drop|truncate|rename|insert|update|delete|comment|grant|revoke)\b/i;
const catalog = /(^|[^\w.])"?catalog"?\s*\.\s*"?\w/i;

/** Compares the migrations of this checkout with those of a git revision. */
export async function newMigrations(base: string): Promise<NewMigrations> {
  const before = filesAt(base, migrationsFolder);
  if (!before) return { known: false, migrations: [], onCatalog: [] };
  const migrations = (await readMigrations(migrationsFolder)).filter(({ file }) => !before.has(basename(file)));
  return { known: true, migrations, onCatalog: migrations.filter(touchesCatalog).map(({ tag }) => tag) };
}

/** Whether a migration names a relation of the catalog in a statement that changes something. Errs on yes. */
export function touchesCatalog(migration: Pick<Migration, "sql">): boolean {
  return migration.sql
    .replaceAll(/--[^\n]*/g, "")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .split(";")
    .some((statement) => change.test(statement) && catalog.test(statement));
}

/** Names of what a folder held at a git revision; undefined where git does not know it. */
export function filesAt(revision: string, folder: string): Set<string> | undefined {
  try {
    const options = { cwd: folder, encoding: "utf8", stdio: "pipe" } as const;
    const listed = execFileSync("git", ["ls-tree", "--name-only", revision, "./"], options);
    return new Set(listed.split("\n").map((path) => basename(path)));
  } catch {
    return undefined;
  }
}
