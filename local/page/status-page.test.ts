import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, openPage, type Page } from "../../test/support/browser.ts";
import { openTestCloud, type TestCloud, type TestProject } from "../../test/support/local-cloud.ts";

const HOSTILE = "shop <script>document.title='run'</script> & co";
const chromium = findChromium();
if (!chromium) console.log("skipped: the status page in a browser (no chromium on PATH)");

let cloud: TestCloud;
let project: TestProject;

beforeAll(async () => {
  cloud = await openTestCloud();
  project = await cloud.project({ name: HOSTILE });
  const sql = cloud.connect(project);
  await sql.unsafe(`
    create schema environment; create table environment.settings (name text primary key, value jsonb not null);
    insert into environment.settings values ('catalog', '"foreign"');
    create schema drizzle; create table drizzle.__drizzle_migrations (id int);
    insert into drizzle.__drizzle_migrations values (1), (2), (3)`);
  await sql.end();
});

afterAll(() => cloud.close());

test("it needs no token, holds no secret, and answers under its own address only", async () => {
  const reply = await fetch(`${cloud.cloud.endpoint}/`);
  expect(reply.headers.get("content-type")).toContain("text/html");
  const text = await reply.text();
  const keys = (await cloud.request({ path: `/v1/projects/${project.ref}/api-keys?reveal=true` })).body;
  const secrets = keys.map((key: { api_key: string }) => key.api_key);
  for (const secret of [project.password, cloud.organization(0).token, ...secrets]) expect(text).not.toContain(secret);
  const status = await new Promise((resolve, reject) => {
    const foreign = request(`${cloud.cloud.endpoint}/`, { headers: { host: "elsewhere.example" } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    foreign.once("error", reject).end();
  });
  expect(status).toBe(421);
});

describe.skipIf(!chromium)("in a browser", () => {
  let page: Page;

  beforeAll(async () => {
    page = await openPage(chromium ?? "");
  });

  afterAll(() => page?.close());

  const open = (width: number, scheme: "light" | "dark") =>
    page.open({ url: `${cloud.cloud.endpoint}/`, width, scheme });

  test("shows projects, how to connect, catalog, migrations and requests; names are text", async () => {
    await cloud.request({ path: "/v1/projects/no-such-path" });
    await open(1100, "light");
    expect(await page.evaluate("document.title")).toBe("Local cloud");
    expect(await page.evaluate("document.querySelector('h3').textContent")).toBe(HOSTILE);
    const text = String(await page.evaluate("document.body.innerText"));
    expect(text).toContain("ACTIVE_HEALTHY");
    expect(text).toContain(`postgresql://postgres@${project.host}:${project.port}/postgres`);
    expect(text).toContain(`postgresql://postgres.${project.ref}@`);
    expect(text).toMatch(/Catalog\s+foreign/);
    expect(text).toMatch(/Migrations\s+3 in drizzle/);
    expect(text).toContain("GET /v1/projects/no-such-path");
  });

  test.each([
    [360, "light"],
    [360, "dark"],
    [1100, "dark"],
  ] as const)("%i wide and %s: nothing is cut off, text stands out from its ground", async (width, scheme) => {
    await open(width, scheme);
    expect(await page.evaluate("innerWidth")).toBe(width);
    expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
    const lightness = (property: string) =>
      page.evaluate(
        `getComputedStyle(document.body).${property}.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)`,
      );
    const [text, ground] = [Number(await lightness("color")), Number(await lightness("backgroundColor"))];
    expect(Math.abs(text - ground)).toBeGreaterThan(500);
    expect(text < ground).toBe(scheme === "light");
  });
});
