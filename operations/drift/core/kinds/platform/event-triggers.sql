-- Those that belong to the platform, which pg-delta leaves out.
select 'event trigger ' || t.evtname, 'there', concat_ws(' ', 'on', t.evtevent, 'calls', t.evtfoid::regproc::text,
    case t.evtenabled when 'D' then 'disabled' when 'R' then 'on replicas' when 'A' then 'always' end), o.name
from pg_catalog.pg_event_trigger t join roles o on o.oid = t.evtowner
where o.platform and t.oid not in (select objid from members where classid = 'pg_catalog.pg_event_trigger'::regclass)
