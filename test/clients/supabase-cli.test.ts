import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findSupabaseProgram } from "../../local/daemon/supabase-program.ts";
import { failure, openTestCloud, type TestCloud, type TestProject } from "../support/local-cloud.ts";
import { openCli } from "./supabase-cli.ts";

// Every command starts a program of some 100 MB, several times in a test.
vi.setConfig({ testTimeout: 180_000 });

const program = findSupabaseProgram();
if (!program) console.log(`skipped: the npm package "supabase" has no program for ${process.platform}-${process.arch}`);

let cloud: TestCloud;
let project: TestProject;
let folder: string;
let cli: Awaited<ReturnType<typeof openCli>>;
let remote: string;

beforeAll(async () => {
  if (!program) return;
  folder = await mkdtemp(join(tmpdir(), "supabase-cli-"));
  cloud = await openTestCloud();
  project = await cloud.project({ name: "cli" });
  cli = await openCli({ program, cloud, folder });
  remote = `--remote=${project.ref}`;
});

afterAll(async () => {
  await cloud?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const url = () => `postgresql://postgres:${project.password}@${project.host}:${project.port}/postgres`;
const api = async (path: string) => (await cloud.request({ path: `/v1/projects/${project.ref}${path}` })).body;

describe.skipIf(!program)("the Supabase CLI, unmodified", () => {
  test("orgs list; projects list, create, delete, api-keys", async () => {
    const organization = cloud.organization(0);
    expect(JSON.parse(await cli.ok(["orgs", "list", "-o", "json"]))).toMatchObject([
      { id: organization.id, name: "one" },
    ]);
    const create = ["projects", "create", "by-cli", "--org-id", organization.slug, "--db-password", "secret-by-cli"];
    const made = JSON.parse(await cli.ok([...create, "--region", "us-east-1", "-o", "json"]));
    expect(made).toMatchObject({ name: "by-cli", status: "COMING_UP" });
    await cloud.waitFor({ ref: made.ref, status: "ACTIVE_HEALTHY" });
    const listed = JSON.parse(await cli.ok(["projects", "list", "-o", "json"]));
    const { host } = listed.find(({ ref }: { ref: string }) => ref === made.ref).database;
    expect(await cloud.connect({ ...project, host, password: "secret-by-cli" })`select 1 as one`).toEqual([{ one: 1 }]);
    const keys = JSON.parse(await cli.ok(["projects", "api-keys", `--remote=${made.ref}`, "-o", "json"]));
    const legacy = keys.find(({ name }: { name: string }) => name === "anon").api_key;
    expect(legacy.split(".")).toHaveLength(3);
    await cli.ok(["projects", "delete", made.ref]);
    await cloud.waitFor({ ref: made.ref, status: "gone" });
  });

  test("branches create, list, get, delete", async () => {
    await cli.ok(["branches", "create", "feature", remote]);
    const list = async () => JSON.parse(await cli.ok(["branches", "list", remote, "-o", "json"]));
    const find = async () => (await list()).find(({ name }: { name: string }) => name === "feature");
    await expect.poll(async () => (await find())?.status, { timeout: 30_000 }).toBe("MIGRATIONS_PASSED");
    const shown = JSON.parse(await cli.ok(["branches", "get", "feature", remote, "-o", "json"]));
    const direct = new URL(shown.POSTGRES_URL_NON_POOLING);
    const login = { host: direct.hostname, password: decodeURIComponent(direct.password) };
    expect(await cloud.connect({ ...project, ...login })`select 1 as one`).toEqual([{ one: 1 }]);
    await cli.ok(["branches", "delete", "feature", remote]);
    expect(await find()).toBeUndefined();
  });

  test("postgres-config, network-restrictions, ssl-enforcement take effect", async () => {
    await cli.ok(["postgres-config", "update", "--config", "work_mem=9MB", remote]);
    expect(await cli.ok(["postgres-config", "get", remote])).toMatch(/work_mem\s*\|\s*9MB/);
    await expect.poll(async () => cloud.connect(project)`show work_mem`).toEqual([{ work_mem: "9MB" }]);
    await cli.ok(["postgres-config", "delete", "--config", "work_mem", remote]);
    expect(await api("/config/database/postgres")).toEqual({});

    await cli.ok(["ssl-enforcement", "update", "--enable-db-ssl-enforcement", remote]);
    expect(await cli.ok(["ssl-enforcement", "get", remote])).toContain("SSL is being enforced");
    expect((await failure(cloud.connect(project, { ssl: false })`select 1`)).code).toBe("28000");
    await cli.ok(["ssl-enforcement", "update", "--disable-db-ssl-enforcement", remote]);

    await cli.ok(["network-restrictions", "update", "--db-allow-cidr", "203.0.113.0/24", remote]);
    expect(await cli.ok(["network-restrictions", "get", remote])).toContain("203.0.113.0/24");
    await expect
      .poll(async () =>
        cloud.connect(project)`select 1`.then(
          () => "in",
          () => "out",
        ),
      )
      .toBe("out");
    const everywhere = ["--db-allow-cidr", "0.0.0.0/0", "--db-allow-cidr", "::/0"];
    await cli.ok(["network-restrictions", "update", ...everywhere, "--bypass-cidr-checks", remote]);
    await expect
      .poll(async () =>
        cloud.connect(project)`select 1`.then(
          () => "in",
          () => "out",
        ),
      )
      .toBe("in");
  });

  test("secrets set, list, unset", async () => {
    await cli.ok(["secrets", "set", "BY_CLI=abc", remote]);
    expect(await cli.ok(["secrets", "list", remote])).toMatch(/BY_CLI\s*\|\s*ba7816bf/);
    await cli.ok(["secrets", "unset", "BY_CLI", remote]);
    expect((await api("/secrets")).map(({ name }: { name: string }) => name)).not.toContain("BY_CLI");
  });

  test("link; db push and migration list through the pooler, with the password and with a login role", async () => {
    await cli.ok(["init"]);
    const migrations = join(cli.work, "supabase", "migrations");
    await mkdir(migrations, { recursive: true });
    await writeFile(
      join(migrations, "20260101000000_first.sql"),
      "create table public.by_push (id int primary key);\n",
    );
    await cli.ok(["link", "--project-ref", project.ref]);
    expect(await readFile(join(cli.work, "supabase/.temp/project-ref"), "utf8")).toBe(project.ref);
    await cli.ok(["db", "push", "--remote"], { SUPABASE_DB_PASSWORD: project.password });
    expect(await cloud.connect(project)`select tableowner from pg_tables where tablename = 'by_push'`).toEqual([
      { tableowner: "postgres" },
    ]);
    await writeFile(
      join(migrations, "20260102000000_second.sql"),
      "alter table public.by_push add column name text;\n",
    );
    await cli.ok(["db", "push", "--remote"]);
    const list = await cli.ok(["migration", "list", "--remote"]);
    expect(list.match(/\| `?2026010[12]000000/g)).toHaveLength(2);
    expect(await api("/database/migrations")).toMatchObject([{ name: "first" }, { name: "second" }]);
  });

  test("db push and migration list by URL; db query, db advisors, gen types", async () => {
    const byUrl = `--remote=${url()}`;
    expect((await cli.run(["db", "push", byUrl])).code).toBe(0);
    expect(await cli.ok(["migration", "list", byUrl])).toContain("20260102000000");
    expect(await cli.ok(["db", "query", remote, "select 40 + 2 as answer"])).toContain("42");
    expect(await cli.ok(["db", "query", byUrl, "select 40 + 3 as answer"])).toContain("43");
    expect(await cli.ok(["gen", "types", "--lang", "typescript", byUrl])).toMatch(/"by_push"/);
    const sql = cloud.connect(project);
    await sql`create function public.loose() returns int language sql as 'select 1'`;
    expect(await cli.ok(["db", "advisors", byUrl, "--level", "info"])).toContain("function_search_path_mutable");
  });

  test("gen types and db advisors of the project, through the API", async () => {
    const sql = cloud.connect(project);
    await sql`create schema side create table inner_one (id int primary key)`;
    await sql`create function public.slack() returns int language sql as 'select 1'`;
    const types = await cli.ok(["gen", "types", "--lang", "typescript", "--schema", "public,side", remote]);
    expect(types).toMatch(/"inner_one"[\s\S]*"id": number/);
    const found = JSON.parse(await cli.ok(["db", "advisors", remote, "--level", "info", "--output-format", "json"]));
    expect(JSON.stringify(found)).toMatch(/function_search_path_mutable[^}]*public\.slack/);
    const { lints } = await api("/advisors/security");
    expect(lints).toContainEqual(expect.objectContaining({ name: "function_search_path_mutable", level: "WARN" }));
    const text = JSON.stringify([await api("/advisors/performance"), types]);
    expect(text).not.toContain("supabase_read_only_user");
    const looks = `select sum(calls)::int as calls from extensions.pg_stat_statements where query like '%foreign_keys as%'`;
    const [before] = await sql.unsafe(looks);
    expect(before?.calls).toBeGreaterThan(0);
    expect((await api("/advisors/security")).lints).toEqual(lints);
    expect(await sql.unsafe(looks), "nothing was written since: the program is not started again").toEqual([before]);
    await sql`create function public.slacker() returns int language sql as 'select 1'`;
    expect(JSON.stringify(await api("/advisors/security"))).toContain("public.slacker");
  });

  test("what is not served says so and names the way out", async () => {
    const snippets = await cli.run(["snippets", "list", remote]);
    expect(snippets.code).not.toBe(0);
    expect(snippets.stdout + snippets.stderr).toContain("snippets belong to the dashboard");
  });
});
