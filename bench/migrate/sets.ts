import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readMigrations } from "../../db/migrate.ts";

/** One set of migrations in the layout of every tool. */
export type MigrationSet = {
  name: string;
  count: number;
  folder: string;
  /** Drizzle's folder. */
  drizzle: string;
  graphile: string;
  nodePgMigrate: string;
  goose: string;
  /** The folder that holds `supabase/`. */
  supabase: string;
  /** psql's files, in order. */
  files: string[];
};

type File = { tag: string; sql: string };

/** Synthetic migrations: a table and an index each. */
export function syntheticFiles(count: number): File[] {
  return Array.from({ length: count }, (_, index) => {
    const n = String(index + 1).padStart(4, "0");
    return {
      tag: `${n}_table`,
      sql:
        `create table t_${n} (id integer primary key, name text not null, price numeric(10, 2), created_at timestamptz not null default now());\n` +
        `--> statement-breakpoint\ncreate index t_${n}_name on t_${n} (name);\n`,
    };
  });
}

/** This project's own migrations. */
export async function projectFiles(): Promise<File[]> {
  const found = await readMigrations(join(import.meta.dirname, "..", "..", "migrations"));
  return found.map(({ tag, sql }) => ({ tag, sql }));
}

const firstWhen = 1_700_000_000_000;

/** Writes a set for every tool. */
export async function writeSet(name: string, files: File[], parent: string): Promise<MigrationSet> {
  const folder = join(parent, `${name}-${files.length}`);
  const place = (...parts: string[]): string => join(folder, ...parts);
  for (const path of [
    "drizzle/meta",
    "graphile/migrations/committed",
    "node-pg",
    "goose",
    "supabase/supabase/migrations",
    "psql",
  ]) {
    await mkdir(place(path), { recursive: true });
  }
  const entries = files.map(({ tag }, idx) => ({
    idx,
    version: "7",
    when: firstWhen + idx * 1000,
    tag,
    breakpoints: true,
  }));
  await writeFile(
    place("drizzle/meta/_journal.json"),
    JSON.stringify({ version: "7", dialect: "postgresql", entries }),
  );
  await writeFile(place("supabase/supabase/config.toml"), 'project_id = "bench"\n');
  const psql: string[] = [];
  let previous: string | undefined;
  for (const [index, { tag, sql }] of files.entries()) {
    const number = index + 1;
    await writeFile(place("drizzle", `${tag}.sql`), sql);
    previous = await writeGraphile(
      place("graphile/migrations/committed", `${String(number).padStart(6, "0")}.sql`),
      sql,
      previous,
    );
    await writeFile(place("node-pg", `${firstWhen + index * 1000}_m${number}.sql`), sql);
    const goose = `-- +goose Up\n-- +goose StatementBegin\n${sql}-- +goose StatementEnd\n`;
    await writeFile(place("goose", `${String(number).padStart(5, "0")}_m.sql`), goose);
    await writeFile(place("supabase/supabase/migrations", `${20_240_101_000_000 + number}_m.sql`), sql);
    psql.push(place("psql", `${String(number).padStart(5, "0")}.sql`));
    await writeFile(place("psql", `${String(number).padStart(5, "0")}.sql`), sql);
  }
  return {
    ...{ name, count: files.length, folder, files: psql, drizzle: place("drizzle"), graphile: place("graphile") },
    ...{ nodePgMigrate: place("node-pg"), goose: place("goose"), supabase: place("supabase") },
  };
}

/** graphile-migrate chains its files by their hashes. */
async function writeGraphile(path: string, sql: string, previous: string | undefined): Promise<string> {
  const text = `${`${previous ?? ""}\n${sql.trim()}`.trim()}\n`;
  const hash = `sha1:${createHash("sha1").update(text).digest("hex")}`;
  await writeFile(path, `--! Previous: ${previous ?? "-"}\n--! Hash: ${hash}\n\n${sql.trim()}\n`);
  return hash;
}

/** What the project's migrations expect of a Supabase database, for a plain cluster. */
export async function supabaseShape(): Promise<string> {
  return readFile(join(import.meta.dirname, "supabase-shape.sql"), "utf8");
}
