import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql, TransactionSql } from "postgres";

/** Whose rows are emptied as well; default neither. */
export interface EmptyOptions {
  readonly auth?: boolean;
  readonly storage?: boolean;
}

const objectsSql = readFileSync(join(import.meta.dirname, "objects.sql"), "utf8");

/**
 * Drops everything a new project does not have, in one transaction: schemas, extensions, servers, publications, what is in
 * `public`, policies and triggers on tables of the platform. Schema `public` stays, with its grants and comment. Returns what
 * is left that a new project does not have, one line each with the server's reason.
 */
export async function emptyDatabase(sql: Sql, { auth = false, storage = false }: EmptyOptions = {}): Promise<string[]> {
  const left: string[] = [];
  await sql.begin(async (tx) => {
    // CASCADE names each thing that goes along.
    await tx`set local client_min_messages = warning`;
    for (const object of await tx.unsafe(objectsSql)) {
      const { kind, identity } = object;
      if (!(await isThere(tx, { kind, classid: object.classid, objid: object.objid }))) continue;
      const reason = await attempt(tx, `drop ${kind} ${identity} cascade`);
      if (reason !== undefined) left.push(`${kind} ${identity}: ${reason}`);
    }
    if (auth) left.push(...(await emptyTables(tx, "auth")));
    // Newer projects refuse a DELETE of files by SQL without it.
    await tx`select set_config('storage.allow_delete_query', 'true', true)`;
    if (storage) left.push(...(await emptyTables(tx, "storage")));
  });
  return left;
}

/** CASCADE may have taken it along. */
async function isThere(tx: TransactionSql, object: { kind: string; classid: number; objid: number }): Promise<boolean> {
  const [found] = await tx`select identity is not null as there
    from pg_identify_object(${object.classid}::oid, ${object.objid}::oid, 0)`;
  return found?.there === true;
}

/** The server's reason, where it refuses; nothing of it stays then. */
async function attempt(tx: TransactionSql, statement: string): Promise<string | undefined> {
  try {
    await tx.savepoint((nested) => nested.unsafe(statement));
    return undefined;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && typeof error.code === "string")) throw error;
    return `${error.message} (${error.code})`;
  }
}

async function emptyTables(tx: TransactionSql, schema: "auth" | "storage"): Promise<string[]> {
  const rows = await tx`select format('%I.%I', n.nspname, c.relname) as name from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where n.nspname = ${schema} and c.relkind in ('r', 'p')
    and c.relname not in ('schema_migrations', 'migrations') and has_table_privilege(c.oid, 'DELETE')`;
  let waiting = rows.map(({ name }) => String(name));
  // Rows that others refer to go once those are gone.
  for (;;) {
    const refused = new Map<string, string>();
    for (const name of waiting) {
      const reason = await attempt(tx, `delete from ${name}`);
      if (reason !== undefined) refused.set(name, reason);
    }
    if (refused.size === waiting.length || refused.size === 0)
      return [...refused].map(([name, reason]) => `rows of ${name}: ${reason}`);
    waiting = [...refused.keys()];
  }
}
