-- Who reads a server with a password of its own: that there is a mapping, since its options are for its user alone.
select format('mapping of %s on %s', coalesce(o.name, 'PUBLIC'), m.srvname), 'there', 'there', null
from pg_catalog.pg_user_mappings m left join roles o on o.oid = m.umuser and m.umuser <> 0
where not coalesce(o.platform, false)
