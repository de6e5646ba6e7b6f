-- Who is asking: the claims of the token, checked against the profile. A token says what was true when it was signed; the
-- profile says what is true now, so a suspended user, another agency's id or a made-up role see nothing.
-- It runs for every table of every statement, so nothing here is dear: no exception block, no pattern, one index asked. What
-- does not look like a uuid is not cast. Whether the agency is active is the hook's to say, when it signs a token.
create function tenancy.agency_id() returns uuid
language plpgsql stable parallel safe security definer set search_path = ''
as $function$
declare
  token constant text := current_setting('request.jwt.claims', true);
  claims jsonb;
  subject text;
  agency uuid;
begin
  if token is json object then
    claims := token;
    subject := claims ->> 'sub';
    if length(subject) = 36 and translate(subject, '0123456789abcdef', '') = '----' then
      select p.agency_id into agency from public.user_profiles p where p.id = subject::uuid and p.status = 'active';
      if agency::text = claims ->> 'agency_id' then
        return agency;
      end if;
    end if;
  end if;
  return null;
end
$function$;
--> statement-breakpoint
create function tenancy.user_id() returns uuid
language plpgsql stable parallel safe security definer set search_path = ''
as $function$
begin
  if tenancy.agency_id() is null then
    return null;
  end if;
  return current_setting('request.jwt.claims', true)::jsonb ->> 'sub';
end
$function$;
--> statement-breakpoint
create function tenancy.admin_agency_id() returns uuid
language plpgsql stable parallel safe security definer set search_path = ''
as $function$
declare
  administrator constant uuid := tenancy.user_id();
begin
  return (
    select p.agency_id from public.user_profiles p
    where p.id = administrator and p.role = 'admin'
      and current_setting('request.jwt.claims', true)::jsonb ->> 'user_role' = 'admin');
end
$function$;
--> statement-breakpoint
comment on function tenancy.agency_id() is 'The agency of the signed-in user, or null. Call it in a sub-select: once per statement.';
--> statement-breakpoint
comment on function tenancy.admin_agency_id() is 'The agency the signed-in user administers, or null.';
--> statement-breakpoint
comment on function tenancy.user_id() is 'The signed-in user, if active, or null.';
--> statement-breakpoint
-- Called by Supabase Auth before it signs a token. https://supabase.com/docs/guides/auth/auth-hooks/custom-access-token-hook
create function public.custom_access_token_hook(event jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $function$
declare
  claims jsonb := coalesce(event -> 'claims', '{}'::jsonb) - 'agency_id' - 'user_role';
  profile record;
begin
  select p.agency_id, p.role, p.status, coalesce(a.is_active, true) as agency_is_active into profile
  from public.user_profiles p join public.agencies a on a.id = p.agency_id
  where p.id = (event ->> 'user_id')::uuid;
  if profile.status = 'suspended' then
    return jsonb_build_object('error', jsonb_build_object('http_code', 403, 'message', 'This account is suspended.'));
  end if;
  if not profile.agency_is_active then
    return jsonb_build_object('error', jsonb_build_object('http_code', 403, 'message', 'This agency is not active.'));
  end if;
  if profile.status = 'active' then
    claims := claims || jsonb_build_object('agency_id', profile.agency_id, 'user_role', profile.role);
  end if;
  return jsonb_set(event, '{claims}', claims);
end
$function$;
--> statement-breakpoint
comment on function public.custom_access_token_hook(jsonb) is
  'Puts agency_id and user_role into the token; refuses suspended users. Users without an active profile get neither.';
--> statement-breakpoint
revoke execute on function public.custom_access_token_hook(jsonb) from public, anon, authenticated, service_role;
--> statement-breakpoint
grant usage on schema public to supabase_auth_admin;
--> statement-breakpoint
grant execute on function public.custom_access_token_hook(jsonb) to supabase_auth_admin;
--> statement-breakpoint
grant select on public.agencies, public.user_profiles to supabase_auth_admin;
