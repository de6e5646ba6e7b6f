select r.object, 'row security', 'off', null from relations r
where r.class = 'own' and r.relkind in ('r', 'p') and not r.relrowsecurity and not r.member
union all
select r.object, 'policies', 'row security without any policy', null from relations r
where r.class = 'own' and r.relkind in ('r', 'p') and r.relrowsecurity and not r.member
  and not exists (select from pg_catalog.pg_policy p where p.polrelid = r.oid)
union all
select r.object, 'invoker', 'reads as its owner, past row security', null from relations r
where r.class = 'own' and r.relkind = 'v' and not r.member
  and not coalesce(r.reloptions @> '{security_invoker=true}' or r.reloptions @> '{security_invoker=on}', false)
