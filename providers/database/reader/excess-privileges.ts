import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql, TransactionSql } from "postgres";

const reachSql = readFileSync(join(import.meta.dirname, "excess-privileges.sql"), "utf8");

/** Everything a login may do, by whichever grantor, outside the server's own schemas. */
interface Reach {
  /** CREATE, TEMPORARY */
  database: string[];
  /** Schemas it may create objects in. */
  schemas: string[];
  /** Tables, views and sequences with what it may do beyond reading the one schema. */
  relations: { name: string; privileges: string[] }[];
  /** Functions that act as their owner. */
  definers: { name: string; owner: string }[];
  /** Other functions, by schema. */
  functions: { schema: string; count: number }[];
  /** Foreign servers it may use. */
  servers: string[];
}

/**
 * What a reader may do beyond SELECT in its schema, in words: privileges as the server itself judges them, those of PUBLIC
 * included, which cannot be taken from one role alone. Empty where it may do nothing else.
 */
export async function beyondSelect(
  sql: Sql | TransactionSql,
  reader: { login: string; schema: string },
): Promise<string[]> {
  const { database, schemas, relations, definers, functions, servers } = await readReach(sql, reader);
  return [
    ...database.map((privilege) =>
      privilege === "TEMPORARY" ? "create temporary tables" : "create schemas in the database",
    ),
    ...schemas.map((name) => `create objects in schema ${name}`),
    ...relations.map(({ name, privileges }) => `${privileges.join(", ")} on ${name}`),
    ...definers.map(({ name, owner }) => `run ${name}, which acts as ${owner}`),
    ...functions.map(({ schema, count }) => `run ${count} functions of schema ${schema}, as itself`),
    ...servers.map((name) => `use foreign server ${name}`),
  ];
}

async function readReach(sql: Sql | TransactionSql, reader: { login: string; schema: string }): Promise<Reach> {
  const [row] = await sql.unsafe<{ reach: Reach }[]>(reachSql, [reader.login, reader.schema]);
  if (!row) throw new Error(`Reading what role ${reader.login} may do: the server returned no row`);
  return row.reach;
}
