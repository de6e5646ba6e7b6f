-- The tables of Supabase Storage that policies are written against. No Storage server stands behind them.

CREATE SCHEMA storage AUTHORIZATION supabase_admin;

GRANT ALL ON SCHEMA storage TO supabase_storage_admin WITH GRANT OPTION;

GRANT USAGE ON SCHEMA storage TO anon, authenticated, service_role;

GRANT USAGE ON SCHEMA storage TO postgres WITH GRANT OPTION;

SET ROLE supabase_storage_admin;

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
  owner_id text
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

CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT (string_to_array(name, '/'))[1:array_length(string_to_array(name, '/'), 1) - 1]
$$;

CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)]
$$;

GRANT ALL ON ALL TABLES IN SCHEMA storage TO postgres WITH GRANT OPTION;

GRANT ALL ON ALL TABLES IN SCHEMA storage TO anon, authenticated, service_role;

RESET ROLE;

