import type { TestDatabase } from "../support/test-cloud.ts";

/** Everything the migrations make, as text that does not depend on the order things were made in. */
export async function describeDatabase({ sql }: Pick<TestDatabase, "sql">): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    with spaces as (select oid, nspname from pg_namespace where nspname in ('public', 'catalog', 'tenancy', 'environment')),
    relations as (select c.*, n.nspname from pg_class c join spaces n on n.oid = c.relnamespace where c.relkind in ('r', 'f'))
    select format('%s %s.%s rls=%s acl=%s', relkind, nspname, relname, relrowsecurity, (select array_agg(a::text order by a::text) from unnest(relacl) a)) as line from relations
    union all select format('%s.%s.%s %s %s %s', nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull, attacl)
      from pg_attribute join relations r on r.oid = attrelid where attnum > 0 and not attisdropped
    union all select format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint where connamespace in (select oid from spaces)
    union all select pg_get_indexdef(indexrelid) from pg_index join relations r on r.oid = indrelid
    union all select format('%s %s %s', polrelid::regclass, polname, pg_get_expr(polqual, polrelid)) from pg_policy
    union all select format('%s %s', pg_get_triggerdef(t.oid), tgenabled) from pg_trigger t join relations r on r.oid = tgrelid where not tgisinternal
    union all select format('%s %s %s', p.oid::regprocedure, md5(prosrc), (select array_agg(a::text order by a::text) from unnest(proacl) a)) from pg_proc p where pronamespace in (select oid from spaces)
    union all select format('server %s', srvname) from pg_foreign_server
    union all select format('default %s %s', defaclnamespace::regnamespace, defaclacl) from pg_default_acl where defaclrole = 'postgres'::regrole`;
  return rows.map(({ line }) => line).sort();
}
