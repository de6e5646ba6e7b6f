import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { cloudLayout } from "../../local/layout.ts";
import { readState } from "../../local/state.ts";
import { connect, makePlace, withSql } from "../support/environment.ts";
import { type Finished, runTask } from "../support/run.ts";
import { filesBelow, formsOf, leaksIn, processesNow } from "./leaks.ts";

const place = makePlace("hygiene");
const MINUTES = 60_000;
const places = new Map<string, Buffer>();
const secrets: Record<string, string> = {};
afterAll(() => place.remove());

async function run(task: string, ...args: string[]): Promise<Finished> {
  const finished = await runTask(task, args, { dataDir: place.dataDir });
  places.set(`output of ${task} ${args.join(" ")} (${places.size})`, Buffer.from(finished.output));
  return finished;
}

const open = async (stack: string): Promise<EnvironmentStack> => (await place.open(stack)).stack;

/** What the preview holds of the reader, as the secrets to look for. */
async function remember(generation: number): Promise<void> {
  const [row] = await withSql(
    await open("preview"),
    (sql) => sql<{ password: string }[]>`
    select decrypted_secret as password from vault.decrypted_secrets where name = 'fdw_password'`,
  );
  secrets[`reader password ${generation}`] = row?.password ?? "";
}

/** Has every statement counted, those inside functions included. On the platform only its superuser may. */
async function trackAll(): Promise<void> {
  const state = await readState(cloudLayout(place.dataDir).state);
  for (const stack of ["prod", "preview"]) {
    const { ref } = await (await open(stack)).outputs();
    const project = state?.projects.find((candidate) => candidate.ref === ref?.value);
    const login = { user: "supabase_admin", password: project?.internal.admin ?? "" };
    await withSql(
      await open(stack),
      async (sql) => {
        await sql`alter system set pg_stat_statements.track = 'all'`;
        await sql`select pg_reload_conf()`;
      },
      login,
    );
    await withSql(await open(stack), async (sql) => {
      const [row] = await sql`select current_setting('pg_stat_statements.track') as track`;
      expect(row?.track).toBe("all");
    });
  }
}

/** Samples what other sessions and processes show while commands run. */
async function watch(stop: AbortSignal): Promise<void> {
  const databases = await Promise.all([open("prod"), open("preview")].map(async (stack) => connect(await stack)));
  while (!stop.aborted) {
    for (const [path, content] of await processesNow()) places.set(path, content);
    for (const sql of databases) {
      const rows = await sql`select query, application_name from pg_stat_activity`;
      places.set(`pg_stat_activity (${places.size})`, Buffer.from(JSON.stringify(rows)));
    }
    await sleep(100);
  }
  await Promise.all(databases.map((sql) => sql.end({ timeout: 2 })));
}

test("the forms a secret is looked for in are found wherever it was planted", () => {
  const secret = "Tr0ub4dor&3-is-a-secret";
  const planted = ["", "a", "ab"].map((before) => Buffer.from(`${before}${secret}:rest`).toString("base64"));
  for (const text of [...planted, `x=${encodeURIComponent(secret)}`, Buffer.from(secret).toString("hex"), secret]) {
    expect(leaksIn(new Map([["log", Buffer.from(`before ${text} after`)]]), { secret }), text).toEqual([
      "secret in log",
    ]);
  }
  expect(formsOf(secret).length).toBeGreaterThan(4);
  expect(leaksIn(new Map([["log", Buffer.from("nothing here")]]), { secret })).toEqual([]);
});

test("a whole life leaves no password anywhere", { timeout: 10 * MINUTES }, async () => {
  expect((await run("up", "prod", "-v", "1")).code).toBe(0);
  expect((await run("up", "preview", "-v", "1")).code).toBe(0);
  await remember(1);
  await trackAll();
  const stop = new AbortController();
  const watching = watch(stop.signal);
  expect((await run("rotate", "prod")).code).toBe(0);
  await remember(2);
  await withSql(await open("preview"), (sql) => sql`drop user mapping for authenticated server prod_catalog`);
  expect((await run("preview", "preview", "--refresh")).code).toBe(0);
  expect((await run("up", "preview")).code).toBe(0);
  await withSql(await open("preview"), (sql) => sql`alter server prod_catalog options (set host '127.0.0.9')`);
  await withSql(await open("prod"), (sql) => sql`alter role fdw_catalog_ro_b nologin`);
  await run("up", "preview");
  stop.abort();
  await watching;
  for (const stack of ["prod", "preview"]) {
    const rows = await withSql(await open(stack), (sql) => sql`select query from extensions.pg_stat_statements`);
    expect(rows.length).toBeGreaterThan(10);
    places.set(`pg_stat_statements of ${stack}`, Buffer.from(JSON.stringify(rows)));
  }
  const files = await filesBelow(place.dataDir, (path) => /\.log$|\.json$|\.ya?ml$|^pulumi\//.test(path));
  for (const [path, content] of files) places.set(path, content);
  const kinds = [...places.keys()].join("\n");
  expect(kinds).toMatch(/\.log$/m);
  expect(kinds).toMatch(/stacks\/tailfire\/preview\.json/);
  expect(new Set(Object.values(secrets)).size).toBe(2);
  expect(leaksIn(places, secrets)).toEqual([]);
  // Anything of it anywhere among all of this would have been found.
  const log = [...places.keys()].find((path) => path.endsWith(".log")) ?? "";
  const hidden = Buffer.from(`x${secrets["reader password 2"]}`).toString("base64");
  places.set(log, Buffer.concat([places.get(log) ?? Buffer.alloc(0), Buffer.from(hidden)]));
  expect(leaksIn(places, secrets)).toEqual([`reader password 2 in ${log}`]);
});
