import type { Sql } from "postgres";
import { literal } from "../connection/literal.ts";
import { connectLike, type HeldSession } from "./held-session.ts";
import type { Migration } from "./journal.ts";
import { markSql, type RunContext } from "./run.ts";
import { freshSql } from "./session-state.ts";

/** True where a file may take back what a role or the database gives its sessions: only a new one shows what they have then. */
export function resetsDefaults({ sql }: { sql: string }): boolean {
  return /\balter\s+(?:role|user|database)\b[^;]*\breset\b/i.test(sql);
}

const beginsSql =
  "select name, reset_val from pg_catalog.pg_settings where source <> 'client' and context in ('user', 'superuser')";

/**
 * SQL that gives the held session what a new one begins with now, behind RESET ALL. Opens a session to look; a setting of the
 * application's own is looked at where the file names it.
 */
async function beginningsSql(sql: Sql, session: HeldSession, file: string): Promise<string> {
  const names = [...file.matchAll(/\breset\s+([a-z_][\w$]*(?:\.[\w$]+)+)/gi)].map(([, name]) => literal(name ?? ""));
  const ownSql = `select name, coalesce(pg_catalog.current_setting(name, true), '') as reset_val from pg_catalog.unnest(array[${names.join(", ")}]::pg_catalog.text[]) name`;
  const fresh = await connectLike(sql);
  try {
    const wanted = await fresh.unsafe(`${beginsSql} union all ${ownSql}`);
    const had = new Map((await session.send(beginsSql)).map(({ name, reset_val: value }) => [name, value]));
    const sets = wanted
      .filter(({ name, reset_val: value }) => had.get(name) !== value && value !== null)
      .map(
        ({ name, reset_val: value }) =>
          `begin perform pg_catalog.set_config(${literal(name)}, ${literal(value)}, false); exception when others then null; end;`,
      );
    return sets.length === 0 ? "select" : `do $begins$ begin ${sets.join(" ")} end $begins$`;
  } finally {
    await fresh.end({ timeout: 1 });
  }
}

/** Makes the session what a new one would be, where the last file may have taken settings of a role or the database back. */
export async function beginAgain(context: RunContext, migration: Migration | undefined): Promise<void> {
  if (!migration || !resetsDefaults(migration)) return;
  const { sql, session, baseline } = context;
  context.baseline = { ...baseline, beginnings: await beginningsSql(sql, session, migration.sql) };
  await session.send(`${freshSql(context.baseline)}; ${markSql(context.applied.length)}`);
}
