import { afterAll, beforeAll, expect, test } from "vitest";
import { compareSecurity } from "../../operations/drift/core/layers/security.ts";
import { random } from "../campaign/random.ts";
import { openTestCloud, type TestCloud } from "../support/local-cloud.ts";
import { outside } from "./outside/all.ts";
import { birthSql, type Variant } from "./outside/birth-sql.ts";
import { byCustomer, byPlatform } from "./outside/change.ts";
import { OutsideDatabase } from "./outside/database.ts";
import { inSets, randomSet } from "./outside/sets.ts";

const MINUTES = 60_000;
/** Sets of the short form; `npm run campaign -- drift-outside` makes many more. */
const SETS = 2;
const TOGETHER = 40;
/** Projects of one day: facts/platform-facts.json, varies and variants. */
const VARIANTS: readonly Variant[] = [
  { rules: "now", extensions: "supabase_admin", image: "newer" },
  { rules: "before", extensions: "postgres", image: "older" },
];
/** What a release of the platform makes among its own: none of it is a customer's. */
const released = byPlatform(
  "a release of the platform",
  `create table realtime.outside_messages (id int);
    create function storage.outside_new() returns int language sql as 'select 1';
    create type auth.outside_level as enum ('a');
    alter table auth.users add column outside_new text;
    create index on auth.users (outside_new);
    grant select on all tables in schema public to supabase_etl_admin`,
);
const seed = Number(process.env.DRIFT_SEED ?? 1);
let cloud: TestCloud;
let database: OutsideDatabase;

beforeAll(async () => {
  cloud = await openTestCloud();
  database = await OutsideDatabase.open(cloud, "outside");
}, 2 * MINUTES);
afterAll(async () => {
  await database?.close();
  await cloud?.close();
});

test("the list: more than 160 changes, each with a name and a finding of its own", () => {
  expect(outside.length).toBeGreaterThan(160);
  expect(new Set(outside.map(({ name }) => name)).size).toBe(outside.length);
  const ids = outside.flatMap(({ finds }) => finds);
  expect(outside.filter(({ finds }) => finds.length === 0)).toEqual([]);
  expect(ids.length).toBeGreaterThan(160);
});

test("nothing was changed: nothing is found", async () => {
  expect(await database.find([])).toEqual([]);
});

test("roles that the platform makes, what it grants them, and a day of work are no findings", async () => {
  const made = byPlatform(
    "a log-in for an hour, and a role of a new release",
    `create role cli_login_outside login noinherit valid until '2031-01-01';
      grant postgres to cli_login_outside;
      create role supabase_outside_admin login bypassrls;
      alter role supabase_outside_admin set statement_timeout = 0;
      grant pg_read_all_data to supabase_outside_admin;
      grant select on public.trips, auth.users to supabase_outside_admin`,
  );
  const used = byCustomer(
    "a day of work",
    `insert into public.agencies (id, name) values (gen_random_uuid(), 'outside');
      select setval('drizzle.__drizzle_migrations_id_seq', 4000), lo_create(0);
      analyze public.trips; reindex table public.trips; create temp table outside_session (id int)`,
  );
  expect(await database.find([made, used])).toEqual([]);
});

test("each of the list is found by its own name, forty at a time, and nothing else", {
  timeout: 3 * MINUTES,
}, async () => {
  for (const changes of inSets(outside, TOGETHER)) {
    const wanted = changes.flatMap(({ finds }) => finds).sort();
    expect(await database.find(changes)).toEqual(wanted);
  }
});

test("tables that an Auth server makes in a local project are no findings; what is changed of them is", async () => {
  const made = byPlatform(
    "two tables of Auth",
    `create table auth.oauth_clients (id uuid primary key);
      create table auth.sessions (id uuid primary key);
      alter table auth.sessions enable row level security;
      alter table auth.oauth_clients owner to supabase_auth_admin;
      alter table auth.sessions owner to supabase_auth_admin`,
  );
  expect(await database.find([made])).toEqual([]);
  const opened = byPlatform("and one opened", "alter table auth.sessions disable row level security");
  expect(await database.find([made, opened])).toEqual(["security:table auth.sessions#row security"]);
});

test("sets of 1 to 10 changes out of all kinds: each is found by its own name, and nothing else", {
  timeout: 3 * MINUTES,
}, async () => {
  const next = random(seed);
  for (let round = 0; round < SETS; round++) {
    const changes = randomSet(outside, next);
    const wanted = changes.flatMap(({ finds }) => finds).sort();
    expect(await database.find(changes), `seed ${seed}: ${changes.map(({ name }) => name).join("; ")}`).toEqual(wanted);
  }
});

test.each(VARIANTS)(
  "a hosted project, made of the facts ($rules, $extensions, $image): nothing is found, and what is changed is",
  {
    timeout: 2 * MINUTES,
  },
  async (variant) => {
    const hosted = await OutsideDatabase.open(cloud, `hosted-${variant.rules}`, birthSql(variant));
    try {
      const { born } = hosted.expected;
      const { expected } = database;
      const common = { home: "hosted", readers: [], schemaLooked: true } as const;
      const fresh = compareSecurity({ ...common, live: born, born: expected.born, migrated: expected.born });
      expect(fresh.map(({ id, found }) => `${id}: ${found}`)).toEqual([]);
      expect(await hosted.find([released], { expected, home: "hosted" })).toEqual([]);
      const changes = randomSet(
        outside.filter(({ platformsOwn }) => !platformsOwn),
        random(seed),
      );
      const wanted = changes.flatMap(({ finds }) => finds).sort();
      expect(await hosted.find(changes, { expected, home: "hosted" })).toEqual(wanted);
    } finally {
      await hosted.close();
    }
  },
);
