-- Supabase Vault 0.3 with pgcrypto in the place of libsodium. The root key is a file next to the data folder:
-- it is in no table, in no dump and in no copy of the database. https://github.com/supabase/vault

CREATE TABLE vault.secrets (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text,
  description text NOT NULL DEFAULT '',
  secret text NOT NULL,
  key_id uuid,
  -- Sixteen random bytes, without an extension that could not be dropped then.
  nonce bytea DEFAULT decode(replace(gen_random_uuid()::text, '-', ''), 'hex'),
  created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE UNIQUE INDEX secrets_name_idx ON vault.secrets (name) WHERE name IS NOT NULL;

CREATE FUNCTION vault._root_key() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT pg_catalog.btrim(pg_catalog.pg_read_file('../vault.key'), E'\n')
$$;

CREATE FUNCTION vault._encrypt(plain text, nonce bytea) RETURNS text
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
  SELECT pg_catalog.encode(extensions.pgp_sym_encrypt(plain,
    vault._root_key() || pg_catalog.encode(nonce, 'hex'), 's2k-mode=1, cipher-algo=aes256'), 'base64')
$$;

CREATE FUNCTION vault._crypto_aead_det_decrypt(message bytea, additional bytea, key_id bigint,
  context bytea DEFAULT 'pgsodium', nonce bytea DEFAULT NULL) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT extensions.pgp_sym_decrypt_bytea(message, vault._root_key() || pg_catalog.encode(nonce, 'hex'))
$$;

CREATE VIEW vault.decrypted_secrets AS
  SELECT s.id, s.name, s.description, s.secret,
    convert_from(vault._crypto_aead_det_decrypt(decode(s.secret, 'base64'), convert_to(s.id::text, 'utf8'), 0,
      'pgsodium'::bytea, s.nonce), 'utf8') AS decrypted_secret,
    s.key_id, s.nonce, s.created_at, s.updated_at
  FROM vault.secrets s;

CREATE FUNCTION vault.create_secret(new_secret text, new_name text DEFAULT NULL, new_description text DEFAULT '',
  new_key_id uuid DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  created uuid;
  fresh bytea := extensions.gen_random_bytes(16);
BEGIN
  INSERT INTO vault.secrets (secret, name, description, key_id, nonce)
  VALUES (vault._encrypt(new_secret, fresh), new_name, new_description, new_key_id, fresh)
  RETURNING id INTO created;
  RETURN created;
END
$$;

CREATE FUNCTION vault.update_secret(secret_id uuid, new_secret text DEFAULT NULL, new_name text DEFAULT NULL,
  new_description text DEFAULT NULL, new_key_id uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  UPDATE vault.secrets s SET
    secret = CASE WHEN new_secret IS NULL THEN s.secret ELSE vault._encrypt(new_secret, s.nonce) END,
    name = coalesce(new_name, s.name),
    description = coalesce(new_description, s.description),
    key_id = coalesce(new_key_id, s.key_id),
    updated_at = now()
  WHERE s.id = secret_id;
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;

GRANT SELECT, DELETE, TRUNCATE, REFERENCES ON vault.secrets, vault.decrypted_secrets TO postgres WITH GRANT OPTION;

GRANT EXECUTE ON FUNCTION vault.create_secret(text, text, text, uuid),
  vault.update_secret(uuid, text, text, text, uuid),
  vault._crypto_aead_det_decrypt(bytea, bytea, bigint, bytea, bytea) TO postgres WITH GRANT OPTION;

GRANT SELECT, DELETE ON vault.secrets, vault.decrypted_secrets TO service_role;

GRANT EXECUTE ON FUNCTION vault.create_secret(text, text, text, uuid),
  vault.update_secret(uuid, text, text, text, uuid),
  vault._crypto_aead_det_decrypt(bytea, bytea, bigint, bytea, bytea) TO service_role;

