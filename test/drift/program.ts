import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import * as supabase from "@pulumi/supabase";
import { application } from "../../db/application.ts";
import { environmentProgram } from "../../environment/program.ts";
import program from "../../index.ts";
import { root } from "../support/run.ts";

/** The program of this project, and settings of the cloud next to it, so that there is something to change there. */
export async function settingsProgram(): Promise<Record<string, pulumi.Input<unknown>>> {
  return withSettings(await program());
}

function withSettings(outputs: Record<string, pulumi.Input<unknown>>): Record<string, pulumi.Input<unknown>> {
  const projectRef = outputs.ref as pulumi.Output<string>;
  const name = "alongside";
  new supabase.NetworkRestrictions(name, { projectRef, restrictions: ["127.0.0.0/8", "::/0"] });
  new supabase.ApiSettings(name, { projectRef, dbSchema: "public", maxRows: 500 });
  new supabase.PoolerSettings(name, { projectRef, defaultPoolSize: 12 });
  new supabase.StorageSettings(name, { projectRef, fileSizeLimit: 5_000_000 });
  new supabase.PostgresSettings(name, { projectRef, statementTimeout: "90s" });
  return outputs;
}

/** The program as it was before the last migration was written, with its folder in `dataDir`. */
export async function olderProgram(dataDir: string): Promise<PulumiFn> {
  const { folder, program } = await copiedProgram(dataDir);
  const journalFile = join(folder, "meta", "_journal.json");
  const journal: { entries: { tag: string }[] } = JSON.parse(await readFile(journalFile, "utf8"));
  const last = journal.entries.pop();
  await writeFile(journalFile, JSON.stringify(journal));
  await rm(join(folder, `${last?.tag}.sql`));
  return async () => withSettings(await program());
}

/** The program with a folder of its own in `dataDir`, to which a migration may be added. */
export async function copiedProgram(dataDir: string): Promise<{
  readonly folder: string;
  readonly program: () => Promise<Record<string, pulumi.Input<unknown>>>;
  readonly add: (tag: string, sql: string) => Promise<void>;
}> {
  const folder = join(dataDir, "own-migrations");
  await cp(join(root, "migrations"), folder, { recursive: true });
  const program = () => environmentProgram({ ...application, migrationsFolder: folder });
  const add = async (tag: string, sql: string): Promise<void> => {
    const journalFile = join(folder, "meta", "_journal.json");
    const journal: { entries: { idx: number; when: number }[] } = JSON.parse(await readFile(journalFile, "utf8"));
    const last = journal.entries.at(-1);
    const next = { ...last, idx: (last?.idx ?? 0) + 1, when: (last?.when ?? 0) + 1000, tag };
    await writeFile(journalFile, JSON.stringify({ ...journal, entries: [...journal.entries, next] }));
    await writeFile(join(folder, `${tag}.sql`), sql);
  };
  return { folder, program, add };
}
