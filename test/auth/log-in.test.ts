import { createHmac } from "node:crypto";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type { Sql } from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { application } from "../../db/application.ts";
import { asUser, createDbClient, type UserClaims } from "../../db/client.ts";
import type { SampleAgency } from "../../db/sample/agency-rows.ts";
import { seedDevelopment } from "../../db/sample/development.ts";
import { cloudLayout } from "../../local/layout.ts";
import { readState } from "../../local/state.ts";
import { migrationsFolder } from "../database/migrated.ts";
import { compareStructure, readStructure } from "../platform/structure.ts";
import { openTestCloud, type TestCloud, type TestProject } from "../support/local-cloud.ts";
import { eventOf, SESSION, WATCHING_HOOK } from "./as-auth.ts";
import { AUTH_PROGRAM, type AuthServer, claimsOf, openAuthServer, PASSWORD } from "./auth-server.ts";

// The real Auth server on a project of the local cloud. docs/explanation/auth.md says what was seen.
describe.skipIf(!AUTH_PROGRAM)("with the Auth server", { timeout: 30_000 }, () => {
  let cloud: TestCloud;
  let project: TestProject;
  let sql: Sql;
  let server: AuthServer;
  let own: SampleAgency;
  let agent: SampleAgency["users"][number];

  beforeAll(async () => {
    cloud = await openTestCloud();
    project = await cloud.project({ name: "auth" });
    sql = cloud.connect(project);
    await migrate(drizzle(cloud.connect(project)), { migrationsFolder });
    [own] = (await seedDevelopment(sql)).agencies as [SampleAgency];
    agent = own.users.find(({ role, status }) => role === "user" && status === "active") as typeof agent;
    server = await openAuthServer(cloud, project);
    const uri = `pg-functions://postgres/${application.accessTokenHook.replace(".", "/")}`;
    await server.set({
      hook_custom_access_token_enabled: true,
      hook_custom_access_token_uri: uri,
      mailer_autoconfirm: true,
    });
    for (const { id } of own.users) await server.admin("PUT", `/users/${id}`, { password: PASSWORD });
  }, 120_000);
  afterAll(() => cloud?.close());
  beforeEach(async () => {
    await sql`update user_profiles set status = 'active' where id = ${agent.id}`;
    await sql`update agencies set is_active = true`;
  });

  const replaceHook = (body: string) =>
    sql.unsafe(`create or replace function ${application.accessTokenHook}(event jsonb) returns jsonb
      language plpgsql as $$ ${body} $$`);

  test("its own migrations run on the schema of a local project, and leave what the facts say", async () => {
    const different = compareStructure(await readStructure(sql)).filter(({ path }) =>
      path.startsWith("relations/auth."),
    );
    expect(different).toEqual([]);
    const keys = await sql`select conname::text as name from pg_constraint
      where conrelid = 'auth.identities'::regclass and contype in ('p', 'u') order by name`;
    expect(keys.map(({ name }) => name)).toEqual(["identities_pkey", "identities_provider_id_provider_unique"]);
    expect((await server.admin("GET", "/users")).body.users).toHaveLength(8);
  });

  test("a sign-up gets a token of the project, with neither agency nor role", async () => {
    const { status, body } = await server.signUp("new@example.com");
    expect(status).toBe(200);
    const [head, claims, signature] = String(body.access_token).split(".");
    const secret = (await readState(cloudLayout(cloud.dataDir).state))?.projects[0]?.jwtSecret ?? "";
    expect(createHmac("sha256", secret).update(`${head}.${claims}`).digest("base64url")).toBe(signature);
    expect(claimsOf(body.access_token)).toMatchObject({ iss: server.url, role: "authenticated", sub: body.user.id });
    expect(claimsOf(body.access_token)).not.toHaveProperty("agency_id");
    expect((await server.signUp(agent.email)).body).toMatchObject({ error_code: "user_already_exists" });
  });

  test("an active user logs in, refreshes, and sees the agency's rows through asUser, and no other", async () => {
    const login = await server.logIn(agent.email);
    const again = await server.refresh(login.body.refresh_token);
    const db = createDbClient(`postgres://postgres:${project.password}@${project.host}:${project.port}/postgres`);
    for (const { status, body } of [login, again]) {
      expect(status).toBe(200);
      const claims = claimsOf(body.access_token);
      expect(claims).toMatchObject({ sub: agent.id, agency_id: own.id, user_role: "user" });
      const trips = await asUser(db, claims as UserClaims, (tx) =>
        tx.query.trips.findMany({ columns: { agencyId: true } }),
      );
      expect(trips).toHaveLength(12);
      expect(new Set(trips.map(({ agencyId }) => agencyId))).toEqual(new Set([own.id]));
      await sql`update user_profiles set status = 'suspended' where id = ${agent.id}`;
      expect(await asUser(db, claims as UserClaims, (tx) => tx.query.trips.findMany())).toHaveLength(0);
      await sql`update user_profiles set status = 'active' where id = ${agent.id}`;
    }
    await db.$client.end();
  });

  test("pending: a token without agency; suspended and inactive agency: 403 with the hook's words, at log-in and refresh", async () => {
    const { body: before } = await server.logIn(agent.email);
    await sql`update user_profiles set status = 'pending' where id = ${agent.id}`;
    expect(claimsOf((await server.logIn(agent.email)).body.access_token)).not.toHaveProperty("agency_id");
    await sql`update user_profiles set status = 'suspended' where id = ${agent.id}`;
    const suspended = { status: 403, body: { code: 403, msg: "This account is suspended." } };
    expect(await server.logIn(agent.email)).toMatchObject(suspended);
    expect(await server.refresh(before.refresh_token)).toMatchObject(suspended);
    await sql`update user_profiles set status = 'active' where id = ${agent.id}`;
    await sql`update agencies set is_active = false where id = ${own.id}`;
    const inactive = { status: 403, body: { code: 403, msg: "This agency is not active." } };
    expect(await server.logIn(agent.email)).toMatchObject(inactive);
    expect(await server.refresh(before.refresh_token)).toMatchObject(inactive);
    await sql`update agencies set is_active = true where id = ${own.id}`;
    expect((await server.refresh(before.refresh_token)).status).toBe(200);
  });

  test("the hook is called as the contract says, with the event it says", async () => {
    const { definition } =
      (await sql`select pg_get_functiondef(${application.accessTokenHook}::regproc) as definition`)[0] ?? {};
    await replaceHook(WATCHING_HOOK);
    const { body } = await server.logIn(agent.email);
    const { seen, event } = claimsOf(body.access_token).app_metadata as { seen: object; event: Record<string, object> };
    expect(seen).toEqual(SESSION);
    const expected = eventOf(agent);
    expect(Object.keys(event).sort()).toEqual(Object.keys(expected).sort());
    for (const part of ["metadata", "claims"] as const) {
      expect(Object.keys(event[part] ?? {}).sort(), part).toEqual(Object.keys(expected[part]).sort());
    }
    expect(event.metadata).toMatchObject({ name: expected.metadata.name });
    await sql.unsafe(definition);
  });

  test("a hook that is revoked, raises, takes too long or answers otherwise: what the client is told", async () => {
    const { definition } =
      (await sql`select pg_get_functiondef(${application.accessTokenHook}::regproc) as definition`)[0] ?? {};
    const failed = expect.stringContaining("Error running hook URI: pg-functions://");
    await sql`revoke execute on function public.custom_access_token_hook(jsonb) from supabase_auth_admin`;
    expect(await server.logIn(agent.email)).toMatchObject({ status: 500, body: { msg: failed } });
    expect((await server.signUp("revoked@example.com")).status).toBe(500);
    expect(await sql`select from auth.users where email = 'revoked@example.com'`).toHaveLength(1);
    await sql`grant execute on function public.custom_access_token_hook(jsonb) to supabase_auth_admin`;
    const answers: [string, object][] = [
      ["begin raise exception 'no token today'; end", { code: "P0001", message: "no token today" }],
      ["begin perform from public.nothing; return event; end", { msg: failed }],
      ["begin perform pg_sleep(3); return event; end", { msg: failed }],
      ["begin return '{}'; end", { msg: "output claims field is missing" }],
      [`begin return '{"error": {"http_code": 403}}'; end`, { msg: "output claims field is missing" }],
      [`begin return '{"error": {"http_code": 422, "message": "not so"}}'; end`, { code: 422, msg: "not so" }],
      [
        "begin return jsonb_set(event, '{claims}', (event -> 'claims') - 'aal'); end",
        { msg: expect.stringContaining("aal is required") },
      ],
    ];
    for (const [body, told] of answers) {
      await replaceHook(body);
      expect((await server.logIn(agent.email)).body, body).toMatchObject(told);
    }
    expect(await server.log()).toContain("SQLSTATE 57014");
    await sql.unsafe(definition);
    expect((await server.logIn(agent.email)).status).toBe(200);
  });

  test("a user who owns rows is not deleted: 500, the reason in the log; without rows, or softly, it goes", async () => {
    const owner = own.users.find(({ role }) => role === "admin") as typeof agent;
    const answer = await server.admin("DELETE", `/users/${owner.id}`);
    expect(answer.status).toBe(500);
    expect(await server.log()).toContain(`User ${owner.id} still owns rows: `);
    expect(await sql`select from user_profiles where id = ${owner.id}`).toHaveLength(1);
    expect((await server.admin("DELETE", `/users/${owner.id}`, { should_soft_delete: true })).status).toBe(200);
    expect(await sql`select from user_profiles where id = ${owner.id}`).toHaveLength(1);
    expect((await server.logIn(owner.email)).status).toBe(400);
    const { body } = await server.signUp("leaves@example.com");
    expect((await server.admin("DELETE", `/users/${body.user.id}`)).status).toBe(200);
  });

  test("settings of the Management API reach it", async () => {
    expect((await server.ask("/settings")).body).toMatchObject({ disable_signup: false, mailer_autoconfirm: true });
    await server.set({ disable_signup: true, mailer_autoconfirm: false, password_min_length: 12 });
    expect((await server.ask("/settings")).body).toMatchObject({ disable_signup: true, mailer_autoconfirm: false });
    expect(await server.signUp("late@example.com")).toMatchObject({
      status: 422,
      body: { error_code: "signup_disabled" },
    });
    await server.set({ disable_signup: false, external_anonymous_users_enabled: true, external_email_enabled: false });
    const { external } = (await server.ask("/settings")).body;
    expect(external).toMatchObject({ email: false, anonymous_users: true });
  });
});
