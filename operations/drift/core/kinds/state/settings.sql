-- What a role or the database is set to. A name with a dot may hold a secret: its value is compared, and never shown.
select coalesce('role ' || o.name, 'database'),
  'setting ' || split_part(c, '=', 1) || case when x.setrole <> 0 and x.setdatabase <> 0 then ' in this database' else '' end,
  case
    when c ~ '^search_path=' then translate(substr(c, strpos(c, '=') + 1), '\" ', '')
    when c ~ '^[^=]*\.' and c !~ '^pgrst\.' then 'a value whose SHA-256 begins with ' || left(encode(sha256(convert_to(c, 'UTF8')), 'hex'), 8)
    else substr(c, strpos(c, '=') + 1) end,
  null
from pg_catalog.pg_db_role_setting x cross join lateral unnest(x.setconfig) c left join roles o on o.oid = x.setrole and x.setrole <> 0
where x.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = current_database()))
  -- The platform's: the libraries of its images, and what old projects keep on the database.
  and c !~ '^session_preload_libraries='
  and not (x.setrole = 0 and c ~ '^app\.settings\.jwt_(secret|exp)=')
  and (x.setrole = 0 or o.api or (not o.platform and x.setdatabase <> 0))
