do $block$
declare
  failure text;
  hidden boolean := false;
begin
  perform set_config('environment.reader_recorded', '', true);
  if current_setting('pg_stat_statements.track', true) = 'all' then
    begin
      set local pg_stat_statements.track = 'none';
      hidden := true;
    exception when insufficient_privilege then
      perform set_config('environment.reader_recorded', 'yes', true);
    end;
  end if;
  begin
    execute format('alter role %I password %L', :'login', current_setting('environment.reader_verifier'));
  exception when others then
    failure := sqlstate;
  end;
  if hidden then
    set local pg_stat_statements.track = 'all';
  end if;
  if failure is not null then
    raise exception using errcode = failure, message = format('The password of role %I could not be set', :'login'),
      hint = 'The statement holds a verifier, so its text is withheld. Is this role allowed to alter it?';
  end if;
end $block$
