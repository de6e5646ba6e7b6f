-- Any login may take an advisory lock; only the owner may lock this table, whose first row the key is made for.
create or replace function tenancy.credential_key() returns text
language plpgsql set search_path = ''
as $function$
declare
  held text := (select s.decrypted_secret from vault.decrypted_secrets s where s.name = 'api_credentials_key');
begin
  if held is null then
    lock table public.api_credentials in share row exclusive mode;
    held := (select s.decrypted_secret from vault.decrypted_secrets s where s.name = 'api_credentials_key');
  end if;
  if held is null then
    held := encode(extensions.gen_random_bytes(32), 'hex');
    perform vault.create_secret(held, 'api_credentials_key', 'Encrypts public.api_credentials');
  end if;
  return held;
end
$function$;
