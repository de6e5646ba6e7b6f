-- The platform writes none on its tables; extensions write theirs on their own.
select format('policy %s.%s.%s', r.space, r.name, p.polname), 'text', concat_ws(' ',
    case when p.polpermissive then 'permissive' else 'restrictive' end,
    case p.polcmd when 'r' then 'for select' when 'a' then 'for insert' when 'w' then 'for update' when 'd' then 'for delete' else 'for all' end,
    'to ' || (select string_agg(o.name, ', ' order by o.name) from roles o where o.oid = any (p.polroles)),
    'using (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'), null
from pg_catalog.pg_policy p join relations r on r.oid = p.polrelid where r.class = 'platform' and not r.member
