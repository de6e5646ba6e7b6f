select format('cast %s as %s', format_type(c.castsource, null), format_type(c.casttarget, null)), 'text',
  concat_ws(' ', case c.castcontext when 'i' then 'implicit' when 'a' then 'on assignment' else 'explicit' end,
    case c.castmethod when 'f' then 'by ' || c.castfunc::regprocedure when 'i' then 'by text' else 'binary' end), null
from pg_catalog.pg_cast c
where c.oid >= 16384 and c.oid not in (select objid from members where classid = 'pg_catalog.pg_cast'::regclass)
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_cast'::regclass and d.objid = c.oid and d.deptype = 'i')
