-- Gives the views on the catalog their definitions back, on the tables of the new mode.
do $switch$
declare
  item record;
begin
  for item in select v.name, v.definition, v.options from pg_temp.environment_views v loop
    begin
      execute format('create or replace view %s %s as %s', item.name, item.options, item.definition);
    exception when others then
      raise exception using errcode = sqlstate, message = format('View %s does not fit the catalog it would switch to: %s', item.name, sqlerrm),
        hint = 'Nothing was changed. Drop the view, switch the catalog, and make it again.';
    end;
  end loop;
end
$switch$
