import type { Rebuild, Transition } from "../../db/migrate.ts";
import { literal } from "./identifier.ts";

/** What may be said yes to: the switches that drop rows. */
export const ROW_DROPPING_SWITCHES = ["local-to-foreign", "snapshot-to-foreign", "local-to-snapshot"] as const;

/** What switching the catalog does, and what is known before it happens. */
export interface SwitchOptions {
  /** The settings the database is to have. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The yes to dropping rows, as `FROM-to-TO`. */
  readonly discardRows: string | undefined;
}

/**
 * How a catalog switches between `local`, `foreign` and `snapshot`: its tables go, the applied migrations build those of
 * the new mode, and views on them stay what they are. One transaction; rows go only with a yes that names the switch.
 */
export function catalogTransition({ settings, discardRows }: SwitchOptions): Transition {
  return {
    setting: "catalog",
    rebuild({ from, to }) {
      if ((from === "foreign") === (to === "foreign")) return undefined;
      return rebuild({ from: String(from), to: String(to), source: settings.catalog_source, discardRows });
    },
  };
}

/** The switch in the words of a preview. Empty where the mode stays. */
export function foreseenSwitch(before: Readonly<Record<string, unknown>>, wanted: SwitchOptions): string[] {
  const from = String(before.catalog ?? "local");
  const to = String(wanted.settings.catalog ?? from);
  if (from === to) return [];
  const name = `${from}-to-${to}`;
  const yes = wanted.discardRows === name;
  const heading = `the catalog switches from ${from} to ${to}`;
  if (from === "foreign") {
    const filled = to === "snapshot" ? ", filled by its CatalogSnapshot" : ", empty";
    return [`${heading}: its foreign tables become tables of this database${filled}; no row is dropped`];
  }
  if (from === "snapshot" && to === "local") return [`${heading}: tables and rows stay, and are no longer refreshed`];
  const what = to === "snapshot" ? "their rows are replaced by the publisher's" : "its tables are dropped";
  const consent = yes
    ? `their rows go, as discardCatalogRows = ${name} says`
    : `while they hold rows, up refuses this unless discardCatalogRows is ${name}`;
  return [`${heading}: ${what}; ${consent}`];
}

interface Switch {
  readonly from: string;
  readonly to: string;
  readonly source: unknown;
  readonly discardRows: string | undefined;
}

function rebuild({ from, to, source, discardRows }: Switch): Rebuild {
  const given = typeof source === "object" && source !== null ? Reflect.get(source, "localSchema") : undefined;
  const schema = typeof given === "string" ? literal(given) : "null";
  const yes = discardRows === `${from}-to-${to}`;
  return { before: [keepViews, leaveSql({ from, to, schema, yes })], after: [restoreViews] };
}

const keepViews = `create temporary table environment_views (
  name text not null, definition text not null, options text not null
) on commit drop`;

/** Puts a column list of nulls in place of each view on the catalog, empties and drops the tables. */
function leaveSql({ from, to, schema, yes }: { from: string; to: string; schema: string; yes: boolean }): string {
  return `do $switch$
declare
  schema_name constant text := coalesce(${schema},
    (select s.value ->> 'localSchema' from environment.settings s where s.name = 'catalog_source'));
  names text[] := '{}';
  filled text[] := '{}';
  has_rows boolean;
  item record;
begin
  perform environment.lock_catalog();
  perform pg_catalog.set_config('lock_timeout', '10s', true);
  perform pg_catalog.set_config('environment.search_path', pg_catalog.current_setting('search_path'), true);
  perform pg_catalog.set_config('search_path', '', true);
  for item in
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = schema_name and not c.relispartition
      and c.relkind = any (${from === "foreign" ? "array['f']" : "array['r', 'p']"}::"char"[])
    order by 1
  loop
    names := names || item.name;
    ${from === "foreign" ? "" : "execute format('lock table %s in access exclusive mode', item.name);"}
    ${from === "foreign" || yes ? "continue;" : ""}
    execute format('select exists (select from %s)', item.name) into has_rows;
    if has_rows then filled := filled || item.name; end if;
  end loop;
  if filled <> '{}' then
    raise exception using errcode = '55000',
      message = format('Switching the catalog from ${from} to ${to} would drop rows of: %s', array_to_string(filled, ', ')),
      hint = 'Nothing was changed. If these rows may go, say so by name: discardCatalogRows = ${from}-to-${to} in the configuration of the stack; else keep the catalog ${from}.';
  end if;
  for item in
    select distinct v.oid, v.relkind, v.oid::regclass::text as name, v.reloptions
    from pg_catalog.pg_depend d
    join pg_catalog.pg_rewrite r on r.oid = d.objid and d.classid = 'pg_catalog.pg_rewrite'::regclass
    join pg_catalog.pg_class v on v.oid = r.ev_class
    join pg_catalog.pg_class t on t.oid = d.refobjid and d.refclassid = 'pg_catalog.pg_class'::regclass
    where t.oid::regclass::text = any (names) and v.oid <> t.oid
  loop
    if item.relkind <> 'v' then
      raise exception using errcode = '2BP01', message = format('%s is built on the catalog, and is no plain view', item.name),
        hint = 'Nothing was changed. Drop it, switch the catalog, and make it again.';
    end if;
    insert into pg_temp.environment_views values (item.name, pg_catalog.pg_get_viewdef(item.oid),
      coalesce('with (' || array_to_string(item.reloptions, ', ') || ')', ''));
    execute format('create or replace view %s as select %s', item.name, (
      select string_agg(format('null::%s%s as %I', format_type(a.atttypid, a.atttypmod),
        case when a.attcollation <> y.typcollation then format(' collate %I.%I', cn.nspname, co.collname) else '' end,
        a.attname), ', ' order by a.attnum)
      from pg_catalog.pg_attribute a join pg_catalog.pg_type y on y.oid = a.atttypid
      left join pg_catalog.pg_collation co on co.oid = a.attcollation
      left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
      where a.attrelid = item.oid and a.attnum > 0 and not a.attisdropped));
  end loop;
  if names <> '{}' then
    execute format('drop ${from === "foreign" ? "foreign table" : "table"} %s restrict', array_to_string(names, ', '));
  end if;
  -- A schema made anew by the other branch has none of these.
  for item in
    select case a.grantee when 0 then 'public' else format('%I', pg_get_userbyid(a.grantee)) end as grantee, a.privilege_type
    from pg_catalog.pg_default_acl d join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
    cross join lateral aclexplode(d.defaclacl) a
    where n.nspname = schema_name and d.defaclobjtype = 'r' and d.defaclrole = (select oid from pg_roles where rolname = current_user)
  loop
    execute format('alter default privileges in schema %I revoke %s on tables from %s', schema_name, item.privilege_type, item.grantee);
  end loop;
  delete from environment.settings s where s.name = 'catalog_snapshot';
  perform pg_catalog.set_config('search_path', pg_catalog.current_setting('environment.search_path'), true);
end
$switch$`;
}

const restoreViews = `do $switch$
declare
  item record;
begin
  for item in select v.name, v.definition, v.options from pg_temp.environment_views v loop
    begin
      execute format('create or replace view %s %s as %s', item.name, item.options, item.definition);
    exception when others then
      raise exception using errcode = sqlstate, message = format('View %s does not fit the catalog it would switch to: %s', item.name, sqlerrm),
        hint = 'Nothing was changed. Drop the view, switch the catalog, and make it again.';
    end;
  end loop;
end
$switch$`;
