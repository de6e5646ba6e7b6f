import type { Sql } from "postgres";
import type { Diagnosis } from "./finding.ts";

/** Who reads passwords of mappings by the platform's own making, which only the platform takes from them. */
const PLATFORM = new Set(["postgres", "pg_read_all_data", "supabase_read_only_user", "supabase_etl_admin"]);

interface Identity {
  readonly name: string;
  /** Every mapping, from the table itself. */
  readonly all: boolean;
}

/**
 * Every role that reads the password of a mapping of `server`: those that may read pg_user_mapping (by pg_read_all_data,
 * inherited or not), and those with USAGE on the server and a mapping of their own.
 */
export async function passwordReaders(sql: Sql, server: string): Promise<Diagnosis[]> {
  const roles = await sql<Identity[]>`
    select r.rolname as name, has_column_privilege(r.oid, 'pg_catalog.pg_user_mapping', 'umoptions', 'SELECT') as all
    from pg_roles r join pg_foreign_server s on s.srvname = ${server}
    where not r.rolsuper and (
      has_column_privilege(r.oid, 'pg_catalog.pg_user_mapping', 'umoptions', 'SELECT')
      or has_server_privilege(r.oid, s.oid, 'USAGE')
        and exists (select from pg_user_mappings m where m.srvid = s.oid and m.umuser in (0, r.oid)))
    order by 1`;
  const known = roles.filter(({ name }) => PLATFORM.has(name)).map(({ name }) => name);
  const others = roles.filter(({ name }) => !PLATFORM.has(name));
  const note: Diagnosis = {
    check: "reader",
    level: "note",
    found: `its password is read here by ${known.join(", ")}: who runs SQL as one of them has it`,
  };
  const warnings = others.map(({ name, all }): Diagnosis => {
    const found = `role ${name} reads ${all ? "the passwords of all mappings" : `the password of its mapping on ${server}`}`;
    const next = all
      ? `Take pg_read_all_data from ${name}, or count all who log in with it among the readers of the catalog.`
      : `Run up: it takes USAGE on ${server} from ${name}.`;
    return { check: "reader", level: "warning", found, next };
  });
  return [...(known.length > 0 ? [note] : []), ...warnings];
}
