import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestCloud, type TestCloud, type TestProject } from "../../test/support/local-cloud.ts";
import { cloudLayout, projectLayout } from "../layout.ts";
import { readState } from "../state.ts";

let cloud: TestCloud;
let project: TestProject;

beforeAll(async () => {
  cloud = await openTestCloud();
  project = await cloud.project({ name: "api" });
  console.log(`create to first query: ${project.milliseconds} ms`);
});

afterAll(() => cloud.close());

function createBody(extra: Record<string, unknown>) {
  return { name: "n", db_pass: "long-password", organization_slug: cloud.organization(0).slug, ...extra };
}

describe("authentication", () => {
  test("no token and a wrong token are 401, with a message", async () => {
    for (const token of ["", "sbp_wrong", cloud.organization(0).token.slice(0, -1)]) {
      const reply = await cloud.request({ path: "/v1/projects", token });
      expect(reply).toEqual({ status: 401, body: { message: "Unauthorized" } });
    }
  });

  test("a token sees its own organization and nothing of another", async () => {
    const { id, slug, name } = cloud.organization(1);
    const organizations = await cloud.request({ path: "/v1/organizations", organization: 1 });
    expect(organizations.body).toEqual([{ id, slug, name }]);
    expect((await cloud.request({ path: "/v1/projects", organization: 1 })).body).toEqual([]);
    for (const path of ["", "/health?services=db", "/api-keys", "/config/database/pooler", "/billing/addons"]) {
      const reply = await cloud.request({ path: `/v1/projects/${project.ref}${path}`, organization: 1 });
      expect(reply.status, path).toBe(403);
    }
    const mine = createBody({ organization_slug: cloud.organization(0).slug });
    expect((await cloud.request({ method: "POST", path: "/v1/projects", organization: 1, body: mine })).status).toBe(
      403,
    );
    expect(
      (await cloud.request({ method: "DELETE", path: `/v1/projects/${project.ref}`, organization: 1 })).status,
    ).toBe(403);
  });

  test("an unknown ref is 404, a malformed one 400, an operation that is not served 501 by name", async () => {
    expect((await cloud.request({ path: `/v1/projects/${"a".repeat(20)}` })).status).toBe(404);
    expect((await cloud.request({ path: "/v1/projects/Nope" })).status).toBe(400);
    const reply = await cloud.request({ path: `/v1/projects/${project.ref}/custom-hostname` });
    expect(reply.status).toBe(501);
    expect(reply.body.message).toContain(`GET /v1/projects/${project.ref}/custom-hostname`);
    expect((await cloud.request({ path: "/v1/snippets" })).status).toBe(501);
  });
});

describe("projects", () => {
  test("a body with mistakes is 400 and names every field; nothing is created", async () => {
    const bad = [
      [createBody({ region: "mars-1" }), /region/],
      [createBody({ name: undefined, db_pass: undefined }), /name.*db_pass/],
      [createBody({ desired_instance_size: "huge" }), /desired_instance_size/],
      [createBody({ tags: ["x"] }), /tags/],
      ["{", /not JSON/],
    ] as const;
    for (const [body, message] of bad) {
      const reply = await cloud.request({ method: "POST", path: "/v1/projects", body });
      expect(reply.status).toBe(400);
      expect(reply.body.message).toMatch(message);
    }
    expect((await cloud.request({ path: "/v1/projects" })).body).toHaveLength(1);
  });

  test("life cycle: COMING_UP, ACTIVE_HEALTHY, renamed, GOING_DOWN, gone; a name may occur twice", async () => {
    const made = await cloud.request({ method: "POST", path: "/v1/projects", body: createBody({ name: "api" }) });
    expect(made.body).toMatchObject({ name: "api", region: "us-east-1", status: "COMING_UP" });
    const { ref } = made.body;
    expect(ref).toMatch(/^[a-z]{20}$/);
    await cloud.waitFor({ ref, status: "ACTIVE_HEALTHY" });
    const renamed = await cloud.request({ method: "PATCH", path: `/v1/projects/${ref}`, body: { name: "renamed" } });
    expect(renamed).toEqual({ status: 200, body: { id: expect.any(Number), ref, name: "renamed" } });
    const folder = projectLayout(cloudLayout(cloud.dataDir), ref).root;
    expect(existsSync(folder)).toBe(true);
    const removed = await cloud.request({ method: "DELETE", path: `/v1/projects/${ref}` });
    expect(removed).toEqual({ status: 200, body: { id: expect.any(Number), ref, name: "renamed" } });
    await cloud.waitFor({ ref, status: "gone" });
    expect(existsSync(folder)).toBe(false);
    expect((await cloud.request({ method: "DELETE", path: `/v1/projects/${ref}` })).status).toBe(404);
  });

  test("a paused project refuses connections and keeps its data; restored, it has them", async () => {
    const { ref, ...rest } = await cloud.project({ name: "paused" });
    await cloud.connect({ ref, ...rest })`create table kept as select 1 as one`;
    await cloud.request({ method: "POST", path: `/v1/projects/${ref}/pause` });
    await cloud.waitFor({ ref, status: "INACTIVE" });
    await expect(cloud.connect({ ref, ...rest })`select 1`).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await cloud.request({ method: "POST", path: `/v1/projects/${ref}/restore` });
    await cloud.waitFor({ ref, status: "ACTIVE_HEALTHY" });
    expect(await cloud.connect({ ref, ...rest })`select one from kept`).toEqual([{ one: 1 }]);
  });
});

describe("faults asked for by name", () => {
  test("init-failed ends in INIT_FAILED and can be deleted; stuck-coming-up stays", async () => {
    const create = async (name: string) =>
      (await cloud.request({ method: "POST", path: "/v1/projects", body: createBody({ name }) })).body.ref as string;
    const [failed, stuck] = [await create("x fault-init-failed"), await create("x fault-stuck-coming-up")];
    await cloud.waitFor({ ref: failed, status: "INIT_FAILED" });
    expect((await cloud.request({ path: `/v1/projects/${stuck}` })).body.status).toBe("COMING_UP");
    for (const ref of [failed, stuck]) {
      await cloud.request({ method: "DELETE", path: `/v1/projects/${ref}` });
      await cloud.waitFor({ ref, status: "gone" });
    }
  });

  test("ready-before-usable says ACTIVE_HEALTHY while the database refuses; health tells the truth", async () => {
    const body = createBody({ name: "fault-ready-before-usable-1s" });
    const { ref } = (await cloud.request({ method: "POST", path: "/v1/projects", body })).body;
    await cloud.waitFor({ ref, status: "ACTIVE_HEALTHY" });
    const health = () => cloud.request({ path: `/v1/projects/${ref}/health?services=db` });
    expect((await health()).body).toMatchObject([{ name: "db", healthy: false }]);
    await expect.poll(async () => (await health()).body[0].healthy, { timeout: 10_000 }).toBe(true);
  });

  test("create-reset makes the project but breaks the connection before the answer", async () => {
    const body = createBody({ name: "fault-create-reset" });
    await expect(cloud.request({ method: "POST", path: "/v1/projects", body })).rejects.toThrow();
    const list = await cloud.request({ path: "/v1/projects" });
    const { ref } = list.body.find((one: { name: string }) => one.name === "fault-create-reset");
    await cloud.waitFor({ ref, status: "ACTIVE_HEALTHY" });
  });
});

describe("health, keys, pooler, add-ons, restrictions", () => {
  test("health tries what is asked, and admits what does not exist here", async () => {
    const path = `/v1/projects/${project.ref}/health`;
    const reply = await cloud.request({ path: `${path}?services=db,pooler&services=db_postgres_user&services=auth` });
    const found = reply.body.map((one: { name: string; healthy: boolean }) => [one.name, one.healthy]);
    expect(found).toEqual([
      ["db", true],
      ["pooler", true],
      ["db_postgres_user", true],
      ["auth", false],
    ]);
    expect((await cloud.request({ path: `${path}?services=nope` })).status).toBe(400);
    expect((await cloud.request({ path })).status).toBe(400);
  });

  test("legacy keys are JWTs signed with the project's secret; the secret key is shown on request only", async () => {
    const path = `/v1/projects/${project.ref}/api-keys`;
    const [hidden, shown] = [await cloud.request({ path }), await cloud.request({ path: `${path}?reveal=true` })];
    const state = await readState(cloudLayout(cloud.dataDir).state);
    const secret = state?.projects.find((one) => one.ref === project.ref)?.jwtSecret ?? "";
    for (const role of ["anon", "service_role"]) {
      const jwt: string = hidden.body.find((key: { name: string }) => key.name === role).api_key;
      const [head, claims, signature] = jwt.split(".");
      expect(signature).toBe(createHmac("sha256", secret).update(`${head}.${claims}`).digest("base64url"));
      const decoded = JSON.parse(Buffer.from(claims ?? "", "base64url").toString());
      expect(decoded).toMatchObject({ iss: "supabase", ref: project.ref, role });
    }
    const key = (reply: typeof hidden) => reply.body.find((one: { type: string }) => one.type === "secret").api_key;
    expect(key(shown)).toMatch(/^sb_secret_[\w-]{22}_[\w-]{8}$/);
    expect(key(hidden)).not.toBe(key(shown));
  });

  test("pooler, add-ons and restrictions have the shapes of the platform", async () => {
    const at = `/v1/projects/${project.ref}`;
    const [pooler] = (await cloud.request({ path: `${at}/config/database/pooler` })).body;
    expect(pooler).toMatchObject({ db_user: `postgres.${project.ref}`, db_name: "postgres", pool_mode: "transaction" });
    expect(pooler.connection_string).toContain("[YOUR-PASSWORD]");
    const body = { addon_type: "compute_instance", addon_variant: "ci_small" };
    expect((await cloud.request({ method: "PATCH", path: `${at}/billing/addons`, body })).status).toBe(200);
    const addons = await cloud.request({ path: `${at}/billing/addons` });
    expect(addons.body.selected_addons).toMatchObject([{ type: "compute_instance", variant: { id: "ci_small" } }]);
    const wrong = { addon_type: "compute_instance", addon_variant: "ci_giant" };
    expect((await cloud.request({ method: "PATCH", path: `${at}/billing/addons`, body: wrong })).status).toBe(400);
    const restrictions = await cloud.request({ path: `${at}/network-restrictions` });
    expect(restrictions.body).toMatchObject({ entitlement: "allowed", config: { dbAllowedCidrs: ["0.0.0.0/0"] } });
  });
});
