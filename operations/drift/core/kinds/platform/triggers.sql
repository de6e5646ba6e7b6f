-- Triggers on the platform's tables that call a function of another of its schemas. One that calls a function of the
-- table's own schema is the platform's, and one that calls a customer's function is what pg-delta compares.
select format('trigger %s.%s.%s', r.space, r.name, t.tgname), 'text', pg_get_triggerdef(t.oid), null
from pg_catalog.pg_trigger t join relations r on r.oid = t.tgrelid join functions f on f.oid = t.tgfoid
where not t.tgisinternal and r.class = 'platform' and f.class in ('platform', 'system') and f.space <> r.space
