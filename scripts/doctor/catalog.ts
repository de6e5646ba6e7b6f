import type { Sql } from "postgres";
import { type Finding, look } from "./finding.ts";

/** Roles that an application reads a subscribed catalog as. */
const READERS = ["postgres", "service_role", "authenticated"] as const;

/** Whether the catalog is read: each foreign table, as each role that is meant to. */
export function checkCatalog(sql: Sql): Promise<Finding[]> {
  return look("catalog", "Run up.", async () => {
    const tables = await sql<{ name: string; server: string }[]>`
      select format('%I.%I', n.nspname, c.relname) as name, s.srvname as server
      from pg_foreign_table f join pg_class c on c.oid = f.ftrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_foreign_server s on s.oid = f.ftserver order by 1`;
    if (tables.length === 0) return publisher(sql);
    const failures: Finding[] = [];
    for (const role of READERS) {
      const refused = await firstRefusal(
        sql,
        role,
        tables.map(({ name }) => name),
      );
      if (refused)
        failures.push({
          check: "catalog",
          level: "error",
          found: `${role}: ${refused}`,
          next: "Run up, on the publisher first.",
        });
    }
    const servers = [...new Set(tables.map(({ server }) => server))].join(", ");
    const found = `${tables.length} foreign tables of ${servers} are read as ${READERS.join(", ")}`;
    return failures.length > 0 ? failures : [{ check: "catalog", level: "ok", found }];
  });
}

async function firstRefusal(sql: Sql, role: string, tables: readonly string[]): Promise<string | undefined> {
  for (const table of tables) {
    try {
      await sql.unsafe(`begin transaction read only; set local role ${role}; select * from ${table} limit 1; rollback`);
    } catch (error) {
      await sql.unsafe("rollback");
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      return `${table}: SQLSTATE ${code} ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}

async function publisher(sql: Sql): Promise<Finding[]> {
  const [row] = await sql<{ logins: number; readers: number }[]>`
    select count(*) filter (where r.rolcanlogin)::int as logins,
      (select count(distinct usename)::int from pg_stat_activity where usename like 'fdw!_catalog!_ro!_%' escape '!') as readers
    from pg_roles r where r.rolname like 'fdw!_catalog!_ro%' escape '!'`;
  if (!row || row.logins === 0)
    return [{ check: "catalog", level: "note", found: "tables of its own; nobody else reads them" }];
  return [{ check: "catalog", level: "ok", found: `published to ${row.logins} log-ins; ${row.readers} connected now` }];
}
