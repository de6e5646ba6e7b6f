import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";

/** What a database's schemas hold: a name such as `column public.trips.id`, and its definition. */
export type Facts = Record<string, string>;

const factsSql = readFileSync(join(import.meta.dirname, "facts.sql"), "utf8");
const accessSql = readFileSync(join(import.meta.dirname, "access-facts.sql"), "utf8");

/** Reads what the schemas of a database hold, in one query. Names are always qualified, whatever the search_path. */
export function readFacts(sql: Sql): Promise<Facts> {
  return ask(sql, factsSql);
}

/** The same with who owns each thing, and what the roles of the platform may do with it. */
export async function readFactsAndAccess(sql: Sql): Promise<Facts> {
  return { ...(await ask(sql, factsSql)), ...(await ask(sql, accessSql)) };
}

async function ask(sql: Sql, query: string): Promise<Facts> {
  const answers: unknown = await sql.unsafe(`set search_path = ''; ${query}; reset search_path`);
  const rows = Array.isArray(answers) ? answers.flat() : [];
  const found: unknown = rows.find((row) => typeof row === "object" && row !== null && "facts" in row)?.facts;
  return (found ?? {}) as Facts;
}
