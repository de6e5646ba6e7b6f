import type { Sql } from "postgres";
import { probeRoles } from "../../providers/database/foreign/probe.ts";
import { readPublisherThrough, withheld } from "../../providers/database/foreign/publisher.ts";
import type { Source } from "../../providers/database/foreign/source.ts";
import { beyondSelect } from "../../providers/database/reader/excess-privileges.ts";
import type { DatabaseLogin } from "../session/login.ts";
import { open } from "./database.ts";
import { passwordReaders } from "./exposure.ts";
import { type Diagnosis, look } from "./finding.ts";

/** Seconds one table may take to be read. */
const PROBE_SECONDS = 10;

/** Foreign tables of one server in one schema. */
interface Foreign {
  server: string;
  schema: string;
  tables: string[];
  /** Roles with a mapping. */
  roles: string[];
}

/**
 * Whether the catalog is read: every column of each foreign table, as each mapped role, on a backend of its own. Of a
 * publisher, who reads it: `admitted` are the ranges its network restrictions let in, none where everybody may connect.
 */
export function checkCatalog(login: DatabaseLogin, admitted: readonly string[] = []): Promise<Diagnosis[]> {
  const fresh = async <Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> => {
    const sql = open(login);
    return work(sql).finally(() => sql.end({ timeout: 1 }));
  };
  return look("catalog", "Run up.", async () => {
    const catalogs = await fresh(
      (sql) => sql<Foreign[]>`
        select s.srvname as server, n.nspname as schema, jsonb_agg(c.relname order by c.relname) as tables,
          (select coalesce(jsonb_agg(m.usename order by m.usename), '[]') from pg_user_mappings m where m.srvid = s.oid) as roles
        from pg_foreign_table f join pg_class c on c.oid = f.ftrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_foreign_server s on s.oid = f.ftserver group by s.oid, s.srvname, n.nspname order by 1, 2`,
    );
    if (catalogs.length === 0) return fresh((sql) => publisher(sql, admitted));
    const findings = await Promise.all(catalogs.map((catalog) => subscriber(catalog, fresh)));
    return findings.flat();
  });
}

async function subscriber(catalog: Foreign, fresh: Parameters<typeof probeRoles>[0]["fresh"]): Promise<Diagnosis[]> {
  const { server, schema, tables, roles } = catalog;
  if (roles.length === 0) {
    return [{ check: "catalog", level: "error", found: `${server} has no mapping of any role`, next: "Run up." }];
  }
  const probes = await probeRoles({ fresh, roles, schema, tables, timeoutSeconds: PROBE_SECONDS });
  const failed = probes.flatMap(({ role, failures }) =>
    failures.map((failure): Diagnosis => {
      const which = failure.tables.length === tables.length ? "" : ` (${failure.tables.join(", ")})`;
      return {
        check: "catalog",
        level: "error",
        found: `${role}${which}: ${failure.said}: ${failure.cause}`,
        next: failure.next,
      };
    }),
  );
  const found = `${tables.length} foreign tables of ${server} are read as ${roles.join(", ")}`;
  if (failed.length > 0) return failed;
  const kept = await fresh((sql) => keptBack(sql, catalog, probes[0]?.empty ?? []));
  const exposed = await fresh((sql) => passwordReaders(sql, server));
  return [{ check: "catalog", level: "ok", found }, ...kept, ...exposed];
}

/** What the publisher keeps from its reader. */
async function keptBack(sql: Sql, { server, tables }: Foreign, empty: readonly string[]): Promise<Diagnosis[]> {
  const [row] = await sql<{ source: Source }[]>`
    select value as source from environment.settings where name = 'catalog_source' and value ->> 'server' = ${server}`;
  if (!row) return [];
  const facts = await readPublisherThrough(sql, row.source);
  return withheld(facts, { schema: row.source.remoteSchema, tables, empty }).map(
    ({ found, next }): Diagnosis => ({ check: "catalog", level: "warning", found, next }),
  );
}

async function publisher(sql: Sql, admitted: readonly string[]): Promise<Diagnosis[]> {
  const [row] = await sql<{ logins: number; readers: number }[]>`
    select count(*) filter (where r.rolcanlogin)::int as logins,
      (select count(distinct usename)::int from pg_stat_activity where usename like 'fdw!_catalog!_ro!_%' escape '!') as readers
    from pg_roles r where r.rolname like 'fdw!_catalog!_ro%' escape '!'`;
  const hidden = await hiddenFromUsers(sql);
  if (!row || row.logins === 0)
    return [{ check: "catalog", level: "note", found: "tables of its own; no other database reads them" }, ...hidden];
  const published = `published to ${row.logins} log-ins; ${row.readers} connected now`;
  return [
    { check: "catalog", level: "ok", found: published },
    ...hidden,
    ...keptOut(admitted),
    ...(await reaches(sql)),
  ];
}

/**
 * Tables of the catalog that `authenticated` may read and whose policies let it see nothing: what automatic row-level
 * security of the dashboard makes of a table that was moved here from `public`.
 */
async function hiddenFromUsers(sql: Sql): Promise<Diagnosis[]> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_roles r on r.rolname = 'authenticated'
    where n.nspname = 'catalog' and c.relkind in ('r', 'p') and c.relrowsecurity
      and has_table_privilege(r.oid, c.oid, 'SELECT')
      and not exists (
        select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*')
          and (0 = any (p.polroles) or r.oid = any (p.polroles)))
    order by 1`;
  if (tables.length === 0) return [];
  const names = tables.map(({ name }) => name).join(", ");
  const found = `${names}: row-level security is on without a policy for authenticated, which reads no rows`;
  const next = "As their owner: alter table NAME disable row level security, or create a policy for select.";
  return [{ check: "catalog", level: "warning", found, next }];
}

function keptOut(admitted: readonly string[]): Diagnosis[] {
  if (admitted.length === 0) return [];
  const found = `network restrictions keep out the databases of subscribers, unless they are in ${admitted.join(", ")}`;
  const next =
    "A hosted database has no fixed address: lift them. A preview in mode snapshot needs that only while it copies.";
  return [{ check: "catalog", level: "warning", found, next }];
}

/** What the reader's logins may do beyond reading the catalog. */
async function reaches(sql: Sql): Promise<Diagnosis[]> {
  const logins = await sql<{ name: string }[]>`
    select rolname as name from pg_roles where rolname like 'fdw!_catalog!_ro!_%' escape '!' and rolcanlogin order by 1`;
  const found = await Promise.all(
    logins.map(async ({ name }) => ({ name, may: await beyondSelect(sql, { login: name, schema: "catalog" }) })),
  );
  return found
    .filter(({ may }) => may.length > 0)
    .map(({ name, may }) => ({ check: "reader", level: "note", found: `${name} may also ${may.join("; ")}` }));
}
