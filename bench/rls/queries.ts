/** One query, as a user asks it under the policies, and with the agency written out for a role that bypasses them. */
export interface BenchQuery {
  readonly name: string;
  /** No word about agencies: the policies say it. */
  readonly policed: string;
  /** The same with an explicit agency. */
  readonly explicit: string;
}

/** The queries of the application, for one agency and one trip, given as SQL expressions. */
export function benchQueries({ agency, trip }: { agency: string; trip: string }): BenchQuery[] {
  const both = (name: string, text: (filter: (...tables: string[]) => string) => string): BenchQuery => ({
    name,
    policed: text(() => ""),
    explicit: text((...tables) => tables.map((table) => `${table}.agency_id = '${agency}' and `).join("")),
  });
  return [
    both("1 newest trips, page of 50", (filter) => `
      select t.id, t.name, t.status, t.created_at from trips t
      where ${filter("t")} true order by t.created_at desc, t.id desc limit 50`),
    both("2 one trip with itinerary, days, activities", (filter) => `
      select t.name, i.name as itinerary, d.day_number, a.name as activity, a.component_type
      from trips t
      join itineraries i on i.agency_id = t.agency_id and i.trip_id = t.id
      join itinerary_days d on d.agency_id = i.agency_id and d.trip_id = i.trip_id and d.itinerary_id = i.id
      left join itinerary_activities a on a.agency_id = d.agency_id and a.itinerary_id = d.itinerary_id and a.itinerary_day_id = d.id
      where ${filter("t", "i", "d")} t.id = '${trip}' order by d.day_number, a.sort_order`),
    {
      name: "2 the same, by tenancy.trip_schedule",
      policed: `select trip_name, itinerary_name, day_number, activity_name, component_type from tenancy.trip_schedule('${trip}')`,
      explicit: `
      select t.name, i.name as itinerary, d.day_number, a.name as activity, a.component_type
      from trips t
      join itineraries i on i.agency_id = t.agency_id and i.trip_id = t.id
      join itinerary_days d on d.agency_id = i.agency_id and d.trip_id = i.trip_id and d.itinerary_id = i.id
      left join itinerary_activities a on a.agency_id = d.agency_id and a.itinerary_id = d.itinerary_id and a.itinerary_day_id = d.id
      where t.agency_id = '${agency}' and i.agency_id = '${agency}' and d.agency_id = '${agency}' and t.id = '${trip}'
      order by d.day_number, a.sort_order`,
    },
    both("3 payments due in a window", (filter) => `
      select p.id, p.trip_id, p.due_date, p.amount from expected_payment_items p
      where ${filter("p")} p.due_date >= '2025-03-01' and p.due_date < '2025-04-01' order by p.due_date`),
    {
      name: "4 contacts by part of a name",
      policed: "select id, first_name, last_name from search_contacts('lottec', 20)",
      explicit: `select id, first_name, last_name from contacts
        where agency_id = '${agency}' and full_name like '%lottec%' order by last_name, first_name, id limit 20`,
    },
    both("5 monthly commission per user", (filter) => `
      select date_trunc('month', p.booked_on) as month, t.owner_id, sum(p.commission_amount) as commission
      from activity_pricing p join trips t on t.agency_id = p.agency_id and t.id = p.trip_id
      where ${filter("p")} p.booked_on >= '2024-06-01' and p.booked_on < '2025-06-01' group by 1, 2 order by 1, 2`),
  ]; // biome-ignore format: SQL as it reads
}

/** Searching the obvious way under a policy, to show why there is a function for it. */
export const naiveSearch =
  "select id, first_name, last_name from contacts where full_name ilike '%lottec%' order by last_name, first_name, id limit 20";
