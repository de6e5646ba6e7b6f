import { performance } from "node:perf_hooks";
import type { Sql } from "postgres";
import { apply } from "../../db/migrate/apply.ts";
import { type Facts, readFacts } from "../../db/migrate/facts.ts";
import type { Migration } from "../../db/migrate/journal.ts";
import { readMigrations } from "../../db/migrate/journal.ts";
import { migrationsFolder } from "../../engine/paths.ts";
import { withShadow } from "../shadow/shadow.ts";
import { destructiveStatements } from "./destructive.ts";
import { schemaDifference } from "./schema-difference.ts";

/** A lock a migration takes on a table that was there before it. */
interface TakenLock {
  readonly table: string;
  /** As in pg_locks: AccessExclusiveLock, ShareRowExclusiveLock, ... */
  readonly mode: string;
}

/** What one migration does, found out by running it in an empty database of the same kind. */
export interface MigrationEffect {
  readonly tag: string;
  readonly hash: string;
  /** False for `-- migrate: no-transaction`, whose locks are not measured. */
  readonly transaction: boolean;
  /** Undefined where they could not be measured. */
  readonly locks: readonly TakenLock[] | undefined;
  /** Statements, and effects of others, that take data or objects away. */
  readonly destructive: readonly string[];
  readonly milliseconds: number;
}

/** What new migrations do to a schema. */
export interface Analysis {
  readonly migrations: readonly MigrationEffect[];
  /** The difference as DDL, one statement an entry. */
  readonly difference: readonly string[];
}

/**
 * Applies to an empty shadow database what the base has, then each of `added`, and reports what those do. Contacts
 * nothing outside this machine.
 */
export async function analyse(added: readonly Migration[]): Promise<Analysis> {
  if (added.length === 0) return { migrations: [], difference: [] };
  return withShadow(async (shadow) => {
    const settings = { catalog: "local" };
    const first = added[0]?.tag;
    const all = await readMigrations(migrationsFolder);
    const before = all[all.findIndex(({ tag }) => tag === first) - 1];
    if (before) await apply(shadow, { folder: migrationsFolder, settings, through: before.tag });
    const atBase = await readFacts(shadow);
    let facts = atBase;
    const effects: MigrationEffect[] = [];
    for (const migration of added) {
      const locks = migration.directives.transaction ? await measureLocks(shadow, migration) : undefined;
      const began = performance.now();
      await apply(shadow, { folder: migrationsFolder, settings, through: migration.tag });
      const milliseconds = performance.now() - began;
      const after = await readFacts(shadow);
      effects.push({
        tag: migration.tag,
        hash: migration.hash,
        transaction: migration.directives.transaction,
        locks,
        destructive: [...destructiveStatements(migration), ...goneRelations(facts, after)],
        milliseconds,
      });
      facts = after;
    }
    return { migrations: effects, difference: schemaDifference(atBase, facts) };
  });
}

/** Runs a migration in a transaction that is rolled back, and reads which tables it had locked at its end. */
async function measureLocks(shadow: Sql, migration: Migration): Promise<TakenLock[] | undefined> {
  const connection = await shadow.reserve();
  try {
    // Named before: at the end a dropped table has a lock and no name any more.
    const tables = await connection.unsafe<{ oid: string; name: string }[]>(
      `select c.oid::text, n.nspname || '.' || c.relname as name from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'm', 'f') and n.nspname !~ '^(pg_|information_schema)'`,
    );
    const names = new Map(tables.map(({ oid, name }) => [oid, name]));
    await connection.unsafe("begin");
    for (const { text } of migration.statements) await connection.unsafe(text);
    const held = await connection.unsafe<{ oid: string; mode: string }[]>(
      `select distinct relation::text as oid, mode from pg_locks
       where pid = pg_backend_pid() and granted and mode <> 'AccessShareLock' order by 1, 2`,
    );
    return held
      .map(({ oid, mode }) => ({ table: names.get(oid) ?? "", mode }))
      .filter(({ table }) => table !== "")
      .sort((a, b) => (a.table + a.mode < b.table + b.mode ? -1 : 1));
  } catch {
    // A later statement may need what the runner alone provides; what it does is still reported.
    return undefined;
  } finally {
    await connection.unsafe("rollback").catch(() => undefined);
    connection.release();
  }
}

/** Tables, and columns of tables that stay, that a migration took away by whatever means, dynamic SQL included. */
function goneRelations(before: Facts, after: Facts): string[] {
  const goes = (name: string) => name in before && !(name in after);
  const table = (column: string) => `relation ${column.slice("column ".length, column.lastIndexOf("."))}`;
  return Object.keys(before)
    .filter((name) => goes(name) && (/^relation /.test(name) || (/^column /.test(name) && !goes(table(name)))))
    .map((name) => `takes away ${name}`);
}
