select format('operator %s.%s(%s, %s)', s.name, o.oprname, format_type(nullif(o.oprleft, 0), null), format_type(o.oprright, null)),
  'text', format('by %s, commutator %s, negator %s', o.oprcode::regproc, o.oprcom::regoper, o.oprnegate::regoper), null
from pg_catalog.pg_operator o join spaces s on s.oid = o.oprnamespace
where s.class in ('own', 'system') and o.oid >= 16384 and o.oprcode <> 0 and o.oid not in (select objid from members where classid = 'pg_catalog.pg_operator'::regclass)
union all
select format('operator class %s.%s using %s', s.name, c.opcname, m.amname), 'text',
  format('for %s%s', format_type(c.opcintype, null), case when c.opcdefault then ', the default' else '' end), null
from pg_catalog.pg_opclass c join spaces s on s.oid = c.opcnamespace join pg_catalog.pg_am m on m.oid = c.opcmethod
where s.class in ('own', 'system') and c.oid >= 16384 and c.oid not in (select objid from members where classid = 'pg_catalog.pg_opclass'::regclass)
union all
select format('operator family %s.%s using %s', s.name, f.opfname, m.amname), 'text', coalesce((
  select string_agg(a.amopopr::regoperator::text, ', ' order by a.amopopr::regoperator::text)
  from pg_catalog.pg_amop a where a.amopfamily = f.oid), 'empty'), null
from pg_catalog.pg_opfamily f join spaces s on s.oid = f.opfnamespace join pg_catalog.pg_am m on m.oid = f.opfmethod
where s.class in ('own', 'system') and f.oid >= 16384 and f.oid not in (select objid from members where classid = 'pg_catalog.pg_opfamily'::regclass)
  and not exists (select from pg_catalog.pg_opclass c where c.opcfamily = f.oid and c.opcname = f.opfname)
union all
select 'access method ' || m.amname, 'text', 'by ' || m.amhandler::regproc, null from pg_catalog.pg_am m
where m.oid >= 16384 and m.oid not in (select objid from members where classid = 'pg_catalog.pg_am'::regclass)
