-- The tables of Supabase Storage that policies are written against. No Storage server stands behind them.

CREATE SCHEMA storage AUTHORIZATION supabase_admin;

GRANT ALL ON SCHEMA storage TO supabase_storage_admin WITH GRANT OPTION;

GRANT ALL ON SCHEMA storage TO dashboard_user;

GRANT USAGE ON SCHEMA storage TO anon, authenticated, service_role;

GRANT USAGE ON SCHEMA storage TO postgres WITH GRANT OPTION;

SET ROLE supabase_storage_admin;

CREATE TYPE storage.buckettype AS ENUM ('STANDARD', 'ANALYTICS', 'VECTOR');

CREATE TABLE storage.buckets (
  id text NOT NULL PRIMARY KEY,
  name text NOT NULL UNIQUE,
  owner uuid,
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now(),
  public boolean DEFAULT false,
  avif_autodetection boolean DEFAULT false,
  file_size_limit bigint,
  allowed_mime_types text[],
  owner_id text,
  type storage.buckettype NOT NULL DEFAULT 'STANDARD'
);

CREATE TABLE storage.objects (
  id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  bucket_id text REFERENCES storage.buckets (id),
  name text,
  owner uuid,
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now(),
  last_accessed_at timestamptz DEFAULT now(),
  metadata jsonb,
  path_tokens text[] GENERATED ALWAYS AS (string_to_array(name, '/')) STORED,
  version text,
  owner_id text,
  user_metadata jsonb
);

CREATE UNIQUE INDEX bucketid_objname ON storage.objects (bucket_id, name);

ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY;

ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN (string_to_array(name, '/'))[1:array_length(string_to_array(name, '/'), 1) - 1];
END
$$;

CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)];
END
$$;

CREATE FUNCTION storage.extension(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN substring(storage.filename(name) FROM '\.([^.]*)$');
END
$$;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA storage TO anon, authenticated, service_role, dashboard_user, postgres;

CREATE FUNCTION storage.operation() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN current_setting('storage.operation', true);
END
$$;

-- Rows of Storage are deleted by its API only.
CREATE FUNCTION storage.protect_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(pg_catalog.current_setting('storage.allow_delete_query', true), 'false') <> 'true' THEN
    RAISE EXCEPTION USING errcode = '42501', message = 'Direct deletion from storage tables is not allowed. Use the Storage API instead.';
  END IF;
  RETURN NULL;
END
$$;

GRANT EXECUTE ON FUNCTION storage.operation(), storage.protect_delete() TO supabase_storage_admin;

CREATE FUNCTION storage.enforce_bucket_name_length() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF length(new.name) > 100 THEN
    RAISE EXCEPTION 'the name of a bucket has at most 100 characters, this one has %', length(new.name);
  END IF;
  RETURN new;
END
$$;

CREATE FUNCTION storage.update_updated_at_column() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  new.updated_at = now();
  RETURN new;
END
$$;

CREATE TRIGGER enforce_bucket_name_length_trigger BEFORE INSERT OR UPDATE OF name ON storage.buckets FOR EACH ROW EXECUTE FUNCTION storage.enforce_bucket_name_length();

CREATE TRIGGER update_objects_updated_at BEFORE UPDATE ON storage.objects FOR EACH ROW EXECUTE FUNCTION storage.update_updated_at_column();

CREATE TRIGGER protect_buckets_delete BEFORE DELETE ON storage.buckets FOR EACH STATEMENT EXECUTE FUNCTION storage.protect_delete();

CREATE TRIGGER protect_objects_delete BEFORE DELETE ON storage.objects FOR EACH STATEMENT EXECUTE FUNCTION storage.protect_delete();

GRANT ALL ON ALL TABLES IN SCHEMA storage TO postgres, supabase_storage_admin WITH GRANT OPTION;

GRANT ALL ON ALL TABLES IN SCHEMA storage TO anon, authenticated, service_role;

CREATE TABLE storage.migrations (id integer PRIMARY KEY, name varchar(100) NOT NULL UNIQUE, hash varchar(40) NOT NULL, executed_at timestamp DEFAULT CURRENT_TIMESTAMP);

ALTER TABLE storage.migrations ENABLE ROW LEVEL SECURITY;

GRANT ALL ON storage.migrations TO supabase_storage_admin;

RESET ROLE;

-- For what `postgres` makes there.
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA storage GRANT ALL ON TABLES TO postgres, anon, authenticated, service_role;

ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA storage GRANT ALL ON SEQUENCES TO postgres, anon, authenticated, service_role;

ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA storage GRANT ALL ON FUNCTIONS TO postgres, anon, authenticated, service_role;

