-- Names of settings of an application's own that functions may set. One of an extension is in pg_settings, or is not to be read.
select pg_catalog.string_agg(distinct found.name, ' ') from (
  select name from pg_catalog.unnest($FILE$) name
  union all
  select named[1] from pg_catalog.pg_proc, pg_catalog.regexp_matches(prosrc,
    '(?:''|\mset\s+(?:session\s+|local\s+)?)([a-z_][\w$]*(?:\.[\w$]+)+)(?:''|\s*(?:=|to\M))', 'gi') named
  where pronamespace not in ('pg_catalog'::pg_catalog.regnamespace, 'information_schema'::pg_catalog.regnamespace)
    and prosrc ~* '\mset|execute'
) found
where found.name !~ '^environment\.migration_'
  and coalesce('NO_SHOW_ALL' = any (pg_catalog.pg_settings_get_flags(found.name)), true)
