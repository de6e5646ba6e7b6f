select 'extension ' || e.extname, 'there', 'there', null from pg_catalog.pg_extension e
