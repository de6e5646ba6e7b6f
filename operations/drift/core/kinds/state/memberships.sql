-- Who is in which role. Members that Supabase makes change with its releases; between two roles of a customer
-- pg-delta looks, but for the two options it does not know. They came with PostgreSQL 16.
select format('membership of %s in %s', m.name, g.name), 'options', concat_ws(', ', 'member',
    case when bool_or(a.admin_option) and (m.platform or m.api or g.platform or g.api) then 'admin' end,
    case when bool_or((to_jsonb(a) ->> 'inherit_option')::boolean) then 'inherit' end, case when bool_or((to_jsonb(a) ->> 'set_option')::boolean) then 'set' end), null
from pg_catalog.pg_auth_members a join roles g on g.oid = a.roleid join roles m on m.oid = a.member
where not m.platform and not (m.name = 'postgres' and g.platform and g.name !~ '^pg_')
group by m.name, g.name, m.platform, m.api, g.platform, g.api
