-- The page an agent opens most: a trip with its itineraries, days and activities. Asked of the tables, each of the four checks
-- the claims and is planned with its policy; here they are checked once and the plan is kept, so it costs less than the same
-- query with no policies at all. The agency is a plain condition on each table, as in tenancy.find_contacts.
create function tenancy.trip_schedule(trip uuid) returns table (
  trip_name varchar, itinerary_id uuid, itinerary_name varchar, is_selected boolean,
  itinerary_day_id uuid, day_number smallint, date date, day_title varchar,
  activity_id uuid, activity_name varchar, component_type public.component_type, status public.activity_status,
  starts_at timestamptz, ends_at timestamptz, time_zone varchar)
language plpgsql stable security definer set search_path = ''
as $function$
declare
  agency constant uuid := tenancy.agency_id();
begin
  return query
    select t.name, i.id, i.name, i.is_selected, d.id, d.day_number, d.date, d.title,
      a.id, a.name, a.component_type, a.status, a.starts_at, a.ends_at, a.time_zone
    from public.trips t
    join public.itineraries i on i.agency_id = agency and i.trip_id = t.id
    left join public.itinerary_days d on d.agency_id = agency and d.trip_id = t.id and d.itinerary_id = i.id
    left join public.itinerary_activities a
      on a.agency_id = agency and a.itinerary_id = d.itinerary_id and a.itinerary_day_id = d.id
    where t.agency_id = agency and t.id = trip
    order by i.sort_order, i.id, d.day_number, a.sort_order, a.starts_at, a.id;
end
$function$;
--> statement-breakpoint
create function public.trip_schedule(trip uuid) returns table (
  trip_name varchar, itinerary_id uuid, itinerary_name varchar, is_selected boolean,
  itinerary_day_id uuid, day_number smallint, date date, day_title varchar,
  activity_id uuid, activity_name varchar, component_type public.component_type, status public.activity_status,
  starts_at timestamptz, ends_at timestamptz, time_zone varchar)
language sql stable set search_path = ''
as $function$
  select * from tenancy.trip_schedule(trip)
$function$;
--> statement-breakpoint
comment on function public.trip_schedule(uuid) is
  'A trip of the caller''s agency with its itineraries, days and activities: a row for each activity, or day without one. For the Data API.';
--> statement-breakpoint
comment on function tenancy.trip_schedule(uuid) is 'What public.trip_schedule answers, without its detour. For SQL.';
--> statement-breakpoint
revoke execute on function tenancy.trip_schedule(uuid), public.trip_schedule(uuid) from public;
--> statement-breakpoint
grant execute on function tenancy.trip_schedule(uuid), public.trip_schedule(uuid) to authenticated;
