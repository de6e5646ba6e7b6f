import type { Sql } from "postgres";
import { expect } from "vitest";
import { application } from "../../db/application.ts";
import { asUser, createDbClient, type UserClaims } from "../../db/client.ts";
import type { SampleAgency } from "../../db/sample/agency-rows.ts";
import { seedDevelopment } from "../../db/sample/development.ts";
import { errorOf, migrateWithDrizzle } from "../database/migrated.ts";
import { test } from "../support/cloud.ts";
import type { TestDatabase } from "../support/test-cloud.ts";
import { connectAsAuth, eventOf, type HookAnswer, logIn, SESSION, WATCHING_HOOK } from "./as-auth.ts";

// The contract of the access-token hook: the application's hook, called as the Auth server calls it, on a project whose `auth`
// schema test/platform/structure.test.ts holds to the facts.

let database: TestDatabase;
let auth: Sql;
let own: SampleAgency;

test.beforeAll(async ({ cloud }) => {
  database = await cloud.createDatabase("hook");
  await migrateWithDrizzle(database);
  const { agencies } = await seedDevelopment(database.sql);
  [own] = agencies as [SampleAgency];
  auth = await connectAsAuth(database);
});

const userOf = (status: string) => {
  const found = own.users.find((user) => user.status === status && user.role === "user");
  return found ?? { id: crypto.randomUUID(), email: "stranger@example.com" };
};
const forged = { agency_id: "forged", user_role: "admin" };
const call = (user: { id: string; email: string }, hook: string = application.accessTokenHook): Promise<HookAnswer> =>
  logIn(auth, hook, eventOf(user, forged));
const lastLogIn = async ({ id }: { id: string }) => {
  const [row] = await auth`select last_sign_in_at as at from users where id = ${id}`;
  return row?.at;
};

test("an active user's token gets agency and role, and every claim the server wants stays as it was", async () => {
  const event = eventOf(userOf("active"), forged);
  const { claims } = await logIn(auth, application.accessTokenHook, event);
  expect(claims).toEqual({ ...event.claims, agency_id: own.id, user_role: "user" });
  expect(await lastLogIn(userOf("active"))).toBeInstanceOf(Date);
});

test("with those claims asUser sees the agency's rows, and no other", async () => {
  const { claims } = await call(userOf("active"));
  const db = createDbClient(database.url, { max: 1 });
  const trips = await asUser(db, claims as UserClaims, (tx) =>
    tx.query.trips.findMany({ columns: { agencyId: true } }),
  );
  expect(trips).toHaveLength(12);
  expect(new Set(trips.map(({ agencyId }) => agencyId))).toEqual(new Set([own.id]));
  await db.$client.end();
});

test.each(["pending", "a stranger"])("%s: neither agency nor role, whatever the event claimed", async (status) => {
  const { claims, error } = await call(userOf(status));
  expect(error).toBeUndefined();
  expect(claims).toMatchObject({ role: "authenticated" });
  for (const name of Object.keys(forged)) expect(claims).not.toHaveProperty(name);
});

test("a suspended user, and one of an agency that is not active, get the error that the server passes on", async () => {
  const message = expect.stringMatching(/./);
  expect(await call(userOf("suspended"))).toEqual({ error: { http_code: 403, message } });
  await database.sql`update agencies set is_active = false where id = ${own.id}`;
  expect(await call(userOf("active"))).toEqual({ error: { http_code: 403, message } });
  await database.sql`update agencies set is_active = true where id = ${own.id}`;
});

test("a hook is called by supabase_auth_admin with search_path auth and 2 s, in the transaction that wrote the session", async () => {
  await database.sql.unsafe(
    `create function public.watching(event jsonb) returns jsonb language plpgsql as $$ ${WATCHING_HOOK} $$;
     grant execute on function public.watching(jsonb) to supabase_auth_admin`,
  );
  expect((await call(userOf("active"), "public.watching")).claims?.app_metadata?.seen).toEqual(SESSION);
});

test.each([
  ["is revoked", "revoke execute on function public.custom_access_token_hook(jsonb) from supabase_auth_admin", "42501"],
  ["may not read", "revoke select on user_profiles from supabase_auth_admin", "42501"],
  ["raises", "alter table user_profiles rename column status to other", "42703"],
])("a hook that %s takes the whole log-in back", async (_, statement, code) => {
  const user = userOf("active");
  const before = await lastLogIn(user);
  await database.sql.unsafe(statement);
  expect((await errorOf(call(user))).code).toBe(code);
  expect(await lastLogIn(user)).toEqual(before);
  await database.sql.unsafe(
    `do $$ begin alter table user_profiles rename column other to status; exception when undefined_column then null; end $$;
     grant execute on function public.custom_access_token_hook(jsonb) to supabase_auth_admin;
     grant select on user_profiles to supabase_auth_admin`,
  );
  expect((await call(user)).claims).toMatchObject({ agency_id: own.id });
});

test("no API role calls it", async () => {
  for (const role of ["anon", "authenticated", "service_role"]) {
    const asked = database.sql.begin(async (tx) => {
      await tx`select set_config('role', ${role}, true)`;
      await tx`select public.custom_access_token_hook('{}')`;
    });
    expect((await errorOf(asked)).code, role).toBe("42501");
  }
});
