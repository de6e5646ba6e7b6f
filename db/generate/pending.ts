import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as schema from "../schema/index.ts";
import { pendingAccessLines, undecided } from "./access.ts";
import { readMeta } from "./meta-file.ts";
import { type Answers, answerRenames, type Given, type Snapshot } from "./renames.ts";

/** The part of drizzle-kit's API that compares a schema with a snapshot. */
interface KitApi {
  generateDrizzleJson(imports: Record<string, unknown>, previous?: string): Snapshot;
  generateMigration(previous: object, current: object): Promise<string[]>;
}

// drizzle-kit/api is CommonJS and its module entry cannot be imported as ESM.
const kit: KitApi = createRequire(import.meta.url)("drizzle-kit/api");

interface Journal {
  readonly entries: readonly { readonly idx: number; readonly when: number; readonly tag: string }[];
}

/** The statements the schema implies, from nothing. */
export const schemaStatements = () =>
  kit.generateMigration(kit.generateDrizzleJson({}), kit.generateDrizzleJson(schema));

/** What is wrong between schema, decisions, journal and files of `folder`; empty where they agree. */
export async function findDisagreements(folder: string): Promise<string[]> {
  return [...undecided(), ...(await findSchemaDisagreements(folder)), ...pendingAccessLines(folder)];
}

/** The same without who may do what: what drizzle-kit knows. */
export async function findSchemaDisagreements(folder: string): Promise<string[]> {
  const journal = readMeta<Partial<Journal>>(folder, "_journal.json");
  if (!Array.isArray(journal.entries))
    throw new Error(`${join(folder, "meta", "_journal.json")} lists no entries. Restore it from version control.`);
  const entries: Journal["entries"] = journal.entries;
  const tags = entries.map(({ tag }) => tag);
  const files = readdirSync(folder).flatMap((file) => (file.endsWith(".sql") ? [file.slice(0, -4)] : []));
  const problems = [
    ...tags.filter((tag) => !files.includes(tag)).map((tag) => `the journal names ${tag}, and there is no such file`),
    ...files
      .filter((file) => !tags.includes(file))
      .map((file) => `${file}.sql is not in the journal, so it never runs`),
    ...tags.filter((tag, index) => tags.indexOf(tag) !== index).map((tag) => `the journal names ${tag} twice`),
  ];
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    if (before && entry.when <= before.when)
      problems.push(`${entry.tag} is dated before ${before.tag}: Drizzle would skip it`);
  }
  const snapshot = lastSnapshot(folder);
  if (!snapshot) return [...problems, "there is no snapshot: drizzle-kit would generate every table again"];
  // drizzle-kit would ask on the terminal, and fail without one.
  const { open } = answerPendingRenames(folder);
  if (open.length > 0) return [...problems, ...open.map((rename) => `not generated yet: ${rename}`)];
  const pending = await kit.generateMigration(snapshot, kit.generateDrizzleJson(schema));
  return [...problems, ...pending.map((statement) => `not generated yet: ${statement.split("\n", 1)[0]}`)];
}

/** What drizzle-kit would ask before it generates, and what is `given` for an answer. */
export function answerPendingRenames(folder: string, given?: Given): Answers {
  return answerRenames(lastSnapshot(folder) ?? {}, kit.generateDrizzleJson(schema), given);
}

function lastSnapshot(folder: string): Snapshot | undefined {
  const names = readdirSync(join(folder, "meta")).filter((file) => file.endsWith("_snapshot.json"));
  const last = names.sort().at(-1);
  return last === undefined ? undefined : readMeta(folder, last);
}
