import { readOnly, type Target } from "../target.ts";

/** What decides who may do what, by object and rule, beyond what the schema layer compares. */
export type SecurityFacts = Readonly<Record<string, string>>;

/** Roles every request acts as, and the login behind them: what they may is said in the docs' matrix. */
const ROLES = ["anon", "authenticated", "service_role", "authenticator", "postgres"];

/**
 * Reads them in one query. Relations are judged in schemas that the API may serve; platform schemas are Supabase's to
 * judge. Names of rules stand behind `#`.
 */
export function readSecurity(target: Target): Promise<SecurityFacts> {
  return readOnly(target, async (sql) => {
    const rows = await sql<{ name: string; value: string }[]>`
      with relations as (
        select c.oid, c.relkind, c.relrowsecurity, c.reloptions, format('%s.%s', n.nspname, c.relname) as name
        from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'catalog')
          and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e')
      )
      select 'role ' || r.rolname || '#attributes' as name, concat_ws(' ',
        case when r.rolsuper then 'superuser' end, case when r.rolcreaterole then 'createrole' end,
        case when r.rolcreatedb then 'createdb' end, case when r.rolreplication then 'replication' end,
        case when r.rolbypassrls then 'bypassrls' end, case when r.rolcanlogin then 'login' end) as value
      from pg_catalog.pg_roles r where r.rolname = any (${`{${ROLES.join(",")}}`}::text[])
      union all
      select format('membership of %s in %s', u.rolname, g.rolname) || '#member', 'member'
      from pg_catalog.pg_auth_members m
      join pg_catalog.pg_roles g on g.oid = m.roleid join pg_catalog.pg_roles u on u.oid = m.member
      where (g.rolname = any (${`{${ROLES.join(",")}}`}::text[]) or u.rolname = any (${`{${ROLES.slice(0, 4).join(",")}}`}::text[]))
      union all
      select 'table ' || name || '#row security', 'off' from relations where relkind in ('r', 'p') and not relrowsecurity
      union all
      select 'table ' || name || '#policies', 'row security without any policy' from relations t
      where relkind in ('r', 'p') and relrowsecurity and not exists (select from pg_catalog.pg_policy p where p.polrelid = t.oid)
      union all
      select 'view ' || name || '#invoker', 'reads as its owner, past row security' from relations
      where relkind = 'v' and not coalesce(reloptions @> '{security_invoker=true}' or reloptions @> '{security_invoker=on}', false)
      union all
      select format('function %s.%s(%s)#definer', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
        'runs as its owner' || case when coalesce(p.proconfig::text like '%search_path=%', false) then '' else ', with the search_path of its caller' end
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and n.nspname !~ '^(pg_|information_schema$|auth$|storage$|realtime$|vault$|extensions$|graphql|net$|pgbouncer$|supabase_|cron$)'
        and not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')
      union all
      select format('server %s#usage of %s', s.srvname, case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end),
        'may use the server, and read the password of its mapping'
      from pg_catalog.pg_foreign_server s cross join lateral aclexplode(s.srvacl) a where a.grantee <> s.srvowner
      union all
      select format('server %s#mapping of public', m.srvname), 'everybody shares one mapping'
      from pg_catalog.pg_user_mappings m where m.usename = 'public'`;
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  });
}
