-- Settings of the whole server that decide what a statement means. The others are the platform's, or its API's.
select 'server', 'setting ' || s.name, s.setting, null
from pg_catalog.pg_settings s
where s.source in ('configuration file', 'command line') and s.setting is distinct from s.boot_val
  and s.name in ('session_replication_role', 'row_security', 'password_encryption', 'default_transaction_isolation',
    'default_transaction_deferrable', 'check_function_bodies', 'array_nulls', 'transform_null_equals',
    'standard_conforming_strings', 'backslash_quote', 'lo_compat_privileges', 'default_toast_compression',
    'default_table_access_method', 'default_tablespace')
