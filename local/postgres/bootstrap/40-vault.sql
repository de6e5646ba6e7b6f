-- The Vault is an extension, as on the platform: local/postgres/extension/.

CREATE SCHEMA vault AUTHORIZATION supabase_admin;

GRANT USAGE ON SCHEMA vault TO postgres WITH GRANT OPTION;

GRANT USAGE ON SCHEMA vault TO service_role;

CREATE EXTENSION supabase_vault WITH SCHEMA vault;
