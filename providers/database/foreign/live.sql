with the_server as (
  select s.* from pg_catalog.pg_foreign_server s where s.srvname = $1
), own as (
  select max(o.option_value) filter (where o.option_name = 'user') as name,
    coalesce(max(o.option_value) filter (where o.option_name = 'password')
      = (select v.decrypted_secret from vault.decrypted_secrets v where v.name = $2), false) as matches
  from pg_catalog.pg_user_mappings m cross join lateral pg_options_to_table(m.umoptions) o
  where m.srvname = $1 and m.usename = current_user
)
select jsonb_build_object(
  'options', (select coalesce(jsonb_object_agg(o.option_name, o.option_value), '{}') from pg_options_to_table(s.srvoptions) o),
  'mapped', (
    select coalesce(jsonb_agg(m.usename order by m.usename), '[]')
    from pg_catalog.pg_user_mappings m where m.srvid = s.oid),
  'ownMapping', (select jsonb_build_object('user', own.name, 'passwordMatches', own.matches) from own where own.name is not null),
  'tables', (
    select coalesce(jsonb_agg(c.relname order by c.relname), '[]')
    from pg_catalog.pg_foreign_table f join pg_catalog.pg_class c on c.oid = f.ftrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where f.ftserver = s.oid and n.nspname = $3),
  'serverUsers', (
    select coalesce(jsonb_agg(distinct case e.grantee when 0 then 'public' else pg_get_userbyid(e.grantee)::text end), '[]')
    from aclexplode(s.srvacl) e where e.grantee <> s.srvowner),
  'vaultSecretExists', exists (select from vault.decrypted_secrets v where v.name = $2),
  'settingMatches', exists (
    select from environment.settings x
    where x.name = 'catalog_source' and x.value = $4::text::jsonb)
) as live
from the_server s
