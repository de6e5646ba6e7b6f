import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect } from "vitest";
import type { EnvironmentStack } from "../../engine/operations.ts";
import program from "../../index.ts";
import { type ExpectedState, expectedState } from "../../operations/drift/core/expected.ts";
import type { Version } from "../../operations/drift/core/layers/schema-facts.ts";
import { reportSchema } from "../../operations/drift/core/report/schema.ts";
import type { Report } from "../../operations/drift/core/result.ts";
import { changeStackSettings } from "../../operations/session/stack-settings.ts";
import { withSql } from "../support/environment.ts";
import { place, test } from "../support/pair.ts";
import { type Finished, root, runTask } from "../support/run.ts";

const MINUTES = 60_000;
const folder = mkdtempSync(join(tmpdir(), "drift-command-"));
let preview: EnvironmentStack;
let production: EnvironmentStack;

test.beforeAll(async ({ pair }) => {
  ({ stack: production } = await pair.open("prod"));
  ({ stack: preview } = await pair.open("preview"));
}, 3 * MINUTES);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const drift = (...args: string[]): Promise<Finished> => runTask("drift", args, { dataDir: place.dataDir });

describe("npm run drift", { timeout: 3 * MINUTES }, () => {
  test("every stack there is: real output is as published, and holds no planted secret", async () => {
    const [row] = await withSql(preview, (sql) => sql`select decrypted_secret as secret from vault.decrypted_secrets`);
    const reader = String(row?.secret);
    await withSql(preview, (sql) => sql.unsafe(`comment on table public.trips is 'reads with ${reader}'`));
    const [markdown, html] = [join(folder, "report.md"), join(folder, "report.html")];
    const ended = await drift("--all", "--json", "--markdown", markdown, "--html", html);
    expect(ended.code, ended.output).toBe(7);
    const report: Report = JSON.parse(ended.stdout);
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    const [prod, subscriber] = report.stacks;
    expect(prod).toMatchObject({ stack: "prod", status: "clean", catalog: "local" });
    expect(subscriber).toMatchObject({ stack: "preview", status: "drift", catalog: "foreign", source: prod?.address });
    expect(subscriber?.findings).toMatchObject([
      {
        id: "schema:comment on table public.trips",
        since: report.startedAt,
        reproduce: [expect.stringContaining("***")],
      },
    ]);
    expect(ended.stderr).toContain("2 of 2: preview 1 found");
    const history = readFileSync(join(place.dataDir, "drift/history.jsonl"), "utf8");
    const passwords = await Promise.all([production, preview].map((stack) => stack.outputs({ showSecrets: true })));
    const secrets = passwords.map((outputs) => String(outputs.databasePassword?.value));
    const told = [ended.output, history, readFileSync(markdown, "utf8"), readFileSync(html, "utf8")].join("\n");
    for (const secret of [reader, ...secrets]) {
      expect(secret.length).toBeGreaterThan(15);
      expect(told).not.toContain(secret);
    }
  });

  test("what is accepted does not count; the second run knows since when", async () => {
    const accept = join(folder, "accept.yaml");
    const until = "reason: wanted\n    expires: 2999-01-01\n";
    writeFileSync(
      accept,
      `accept:\n  - finding: "schema:comment on table *"\n    stack: preview\n    ${until}  - finding: schema:no\n    ${until}`,
    );
    const ended = await drift("preview", "--only", "schema", "--accept", accept, "--json");
    expect(ended.code, ended.output).toBe(0);
    const report: Report = JSON.parse(ended.stdout);
    expect(report.notes).toEqual([expect.stringContaining("schema:no names nothing that was found")]);
    const [finding] = report.stacks[0]?.findings ?? [];
    expect(finding?.accepted).toEqual({ reason: "wanted", expires: "2999-01-01" });
    expect(finding?.since && finding.since < report.startedAt).toBe(true);
  });

  test("--repair: shown, refused where a yes cannot be given, done with --yes", async () => {
    const isThere = () =>
      withSql(preview, (sql) => sql`select from pg_class where relname = 'trips_newest_idx'`).then(
        ({ length }) => length,
      );
    await withSql(preview, (sql) => sql`drop index public.trips_newest_idx`);
    const repair = (...args: string[]) => drift("preview", "--only", "schema", "--repair", ...args);
    const shown = await repair();
    expect(shown.code).toBe(3);
    expect(shown.stderr).toMatch(/take nothing away bring back:\s+index public\.trips_newest_idx/);
    expect(shown.stderr).toMatch(/repair of stack preview failed: it needs a yes.*no terminal.*--yes/is);
    expect(await isThere()).toBe(0);
    const done = await repair("--yes");
    // The code says what the look found.
    expect(done.code, done.output).toBe(7);
    expect(done.stderr).toMatch(/done: index public\.trips_newest_idx.*npm run drift -- preview looks again/s);
    expect(await isThere()).toBe(1);
  });

  test("what Supabase advises is a finding where no other names the object", async () => {
    await withSql(preview, (sql) => sql`create function public.loose() returns int language sql as 'select 1'`);
    const ended = await drift("preview", "--only", "security", "--json");
    const report: Report = JSON.parse(ended.stdout);
    expect(report.stacks[0]?.findings).toMatchObject([
      {
        id: "security:function public.loose#function_search_path_mutable",
        severity: "medium",
        repair: { how: "hand", advice: expect.stringContaining("supabase.com/docs") },
      },
    ]);
    await withSql(preview, (sql) => sql`drop function public.loose()`);
  });

  test("protect, changed in the configuration or in the state alone, is a finding; up puts it back", async () => {
    const settings = { dataDir: place.dataDir, stack: "preview" };
    await changeStackSettings(settings, { protect: true });
    const [project] = (await production.resources()).filter(({ type }) => type.endsWith(":Project"));
    await production.command(["state", "unprotect", String(project?.urn), "--yes"]);
    const { stacks }: Report = JSON.parse((await drift("--all", "--only", "configuration", "--json")).stdout);
    expect(
      stacks.flatMap(({ stack, findings }) => findings.map(({ object, found }) => [stack, object, found])),
    ).toEqual([
      ["prod", "Project main", "no protection in the state"],
      ["preview", "setting tailfire:protect", "deployed with false"],
    ]);
    await changeStackSettings(settings, { protect: false });
    await production.up();
    expect((await production.resources()).find(({ urn }) => urn === project?.urn)?.protect).toBe(true);
  });

  test("an up that is under way is said, and nothing half-deployed is reported; what is not there is an error", async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered = (): void => undefined;
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    // Its first run only shows what it declares.
    let runs = 0;
    const held = await place.open("preview", async () => {
      runs += 1;
      if (runs === 1) return program();
      entered();
      await gate;
      return program();
    });
    const up = held.stack.up();
    await inside;
    const ended = await drift("preview", "nosuch").finally(release);
    await up;
    expect(ended.code, ended.output).toBe(1);
    expect(ended.stdout).toMatch(/preview {2}not checked/);
    expect(ended.stdout).toMatch(/an operation is under way \(process \d+\)/);
    expect(ended.stdout).toMatch(/nosuch {3}could not be read/);
    expect(ended.stdout).toContain("npm run up -- nosuch");
  });
});

test("stacks at one version in one mode share one shadow of one platform, now and later", async () => {
  const outputs = await production.outputs({ showSecrets: true });
  const text = (name: string) => String(outputs[name]?.value);
  const target = { host: text("host"), port: Number(text("port")), database: text("database") };
  const login = { ...target, user: text("user"), password: text("databasePassword") };
  let made = 0;
  const expected = (settings: Version["settings"], platform = "one"): Promise<ExpectedState> =>
    expectedState({
      version: { folder: join(root, "migrations"), settings, applied: [] },
      cacheFolder: folder,
      platform,
      shadow: async (_, work) => {
        made++;
        return { born: await work.born(login), migrated: await work.migrated(login) };
      },
    });
  await Promise.all([expected({}), expected({ catalog: "local" })]);
  expect((await expected({})).schema.facts.facts().length).toBeGreaterThan(100);
  expect(made).toBe(1);
  await expected({}, "another");
  expect(made).toBe(2);
});
