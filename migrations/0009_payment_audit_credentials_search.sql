-- The audit log of the payment tables, the keys of API providers, and the search for a contact.
create function tenancy.audit_payment() returns trigger
language plpgsql security definer set search_path = ''
as $function$
declare
  before constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  after constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  row_now constant jsonb := coalesce(after, before);
  claims constant text := nullif(current_setting('request.jwt.claims', true), '');
  subject text;
begin
  if claims is not null and pg_input_is_valid(claims, 'jsonb') then
    subject := claims::jsonb ->> 'sub';
  end if;
  insert into public.payment_schedule_audit_log
    (agency_id, table_name, row_id, trip_id, action, actor_id, actor_role, occurred_at, before, after)
  values ((row_now ->> 'agency_id')::uuid, tg_table_name, (row_now ->> 'id')::uuid, (row_now ->> 'trip_id')::uuid,
    lower(tg_op)::public.audit_action, case when pg_input_is_valid(subject, 'uuid') then subject::uuid end,
    coalesce(nullif(current_setting('role', true), 'none'), session_user), clock_timestamp(), before, after);
  return null;
end
$function$;
--> statement-breakpoint
create function tenancy.refuse_change() returns trigger
language plpgsql set search_path = ''
as $function$
begin
  raise exception using errcode = '42501', message = format('%I.%I is append-only: %s is refused', tg_table_schema, tg_table_name, tg_op),
    hint = 'Correct a record by adding another one.';
end
$function$;
--> statement-breakpoint
create trigger payment_schedule_audit_log_append_only before update or delete on payment_schedule_audit_log
  for each row execute function tenancy.refuse_change();
--> statement-breakpoint
create trigger payment_schedule_audit_log_no_truncate before truncate on payment_schedule_audit_log
  for each statement execute function tenancy.refuse_change();
--> statement-breakpoint
-- ALWAYS: also where session_replication_role switches ordinary triggers off.
alter table payment_schedule_audit_log enable always trigger payment_schedule_audit_log_append_only;
--> statement-breakpoint
alter table payment_schedule_audit_log enable always trigger payment_schedule_audit_log_no_truncate;
--> statement-breakpoint
do $migration$
declare
  audited text;
begin
  foreach audited in array array['expected_payment_items', 'payment_transactions', 'payment_schedule_templates',
    'payment_schedule_template_items'] loop
    execute format('create trigger %I after insert or update or delete on public.%I for each row execute function tenancy.audit_payment()',
      audited || '_audit', audited);
    execute format('alter table public.%I enable always trigger %I', audited, audited || '_audit');
  end loop;
end
$migration$;
--> statement-breakpoint
-- The key is made on first use and never leaves the Vault but for these functions.
create function tenancy.credential_key() returns text
language plpgsql set search_path = ''
as $function$
declare
  held text := (select s.decrypted_secret from vault.decrypted_secrets s where s.name = 'api_credentials_key');
begin
  if held is null then
    perform pg_advisory_xact_lock(hashtextextended('tenancy.credential_key', 0));
    held := (select s.decrypted_secret from vault.decrypted_secrets s where s.name = 'api_credentials_key');
  end if;
  if held is null then
    held := encode(extensions.gen_random_bytes(32), 'hex');
    perform vault.create_secret(held, 'api_credentials_key', 'Encrypts public.api_credentials');
  end if;
  return held;
end
$function$;
--> statement-breakpoint
create function tenancy.store_api_credential(agency uuid, provider_name text, credential_name text, secret text) returns uuid
language plpgsql security definer set search_path = ''
as $function$
declare
  -- The end of a long key tells which one it is; of a short one it would tell too much.
  ending constant text := case when length(secret) >= 16 then right(secret, 4) end;
  -- The key is 256 random bits: stretching it (s2k) would cost time and add nothing.
  sealed constant bytea := extensions.pgp_sym_encrypt(secret, tenancy.credential_key(), 'cipher-algo=aes256, s2k-mode=1');
  credential uuid;
begin
  insert into public.api_credentials (agency_id, provider, name, ciphertext, last_four)
  values (agency, provider_name, credential_name, sealed, ending)
  on conflict (agency_id, provider, name) do update set ciphertext = excluded.ciphertext, last_four = excluded.last_four
  returning id into credential;
  return credential;
end
$function$;
--> statement-breakpoint
create function tenancy.read_api_credential(credential uuid) returns text
language plpgsql set search_path = ''
as $function$
declare
  sealed bytea;
begin
  update public.api_credentials c set last_used_at = now() where c.id = credential returning c.ciphertext into sealed;
  return extensions.pgp_sym_decrypt(sealed, tenancy.credential_key());
end
$function$;
--> statement-breakpoint
comment on function tenancy.store_api_credential(uuid, text, text, text) is
  'Encrypts and keeps a key; returns the id of its row. service_role may store, and cannot read back.';
--> statement-breakpoint
comment on function tenancy.read_api_credential(uuid) is 'The key in clear. For the owner alone: no API role may call it.';
--> statement-breakpoint
-- ILIKE is not leakproof: under a policy its index is not used, as it could see rows of others. Here the agency is a plain
-- condition beside it, so one index answers both; what comes in is a pattern for nobody.
create function tenancy.find_contacts(term text, row_limit integer) returns setof public.contacts
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan
as $function$
declare
  agency constant uuid := tenancy.agency_id();
  pattern constant text := '%' || regexp_replace(lower(term), '([\\%_])', '\\\1', 'g') || '%';
begin
  return query
    select c.* from public.contacts c
    where c.agency_id = agency and c.full_name like pattern
    order by c.last_name, c.first_name, c.id
    limit least(greatest(row_limit, 1), 200);
end
$function$;
--> statement-breakpoint
create function public.search_contacts(term text, row_limit integer default 20) returns setof public.contacts
language sql stable set search_path = ''
as $function$
  select * from tenancy.find_contacts(term, row_limit)
$function$;
--> statement-breakpoint
comment on function public.search_contacts(text, integer) is
  'Contacts of the caller''s agency whose full name contains the term, at most row_limit (20, up to 200).';
--> statement-breakpoint
revoke execute on function public.search_contacts(text, integer) from public;
--> statement-breakpoint
revoke execute on all functions in schema tenancy from public;
--> statement-breakpoint
grant execute on function public.search_contacts(text, integer), tenancy.find_contacts(text, integer) to authenticated;
--> statement-breakpoint
grant execute on function tenancy.store_api_credential(uuid, text, text, text) to service_role;
