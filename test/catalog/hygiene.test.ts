import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
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

/** Runs `work` as the superuser that only the platform has. */
async function asPlatform(stack: string, work: (sql: Sql) => Promise<void>): Promise<void> {
  const state = await readState(cloudLayout(place.dataDir).state);
  const { ref } = await (await open(stack)).outputs();
  const project = state?.projects.find((candidate) => candidate.ref === ref?.value);
  const login = { user: "supabase_admin", password: project?.internal.admin ?? "" };
  await withSql(await open(stack), work, login);
}

/** Logs and counts all there is: statements inside functions, and every wait for a lock. */
async function trackAll(): Promise<void> {
  for (const stack of ["prod", "preview"]) {
    await asPlatform(stack, async (sql) => {
      for (const setting of ["pg_stat_statements.track = 'all'", "log_lock_waits = on", "deadlock_timeout = '10ms'"]) {
        await sql.unsafe(`alter system set ${setting}`);
      }
      await sql`select pg_reload_conf()`;
    });
    await withSql(await open(stack), async (sql) => {
      const [row] = await sql`
        select current_setting('pg_stat_statements.track') as track, current_setting('log_statement') as logged,
          current_setting('pg_stat_statements.track_utility') as utility`;
      expect(row).toEqual({ track: "all", logged: "ddl", utility: "on" });
    });
  }
}

/**
 * Brings the preview up while another session holds the mapping that is to be made: the first two times what waits is
 * cancelled or ended again and again, the third time the other session's mapping stays and is in the way.
 */
async function interfere(): Promise<void> {
  const [holder, disturber] = await Promise.all([open("preview"), open("preview")].map(async (s) => connect(await s)));
  if (!holder || !disturber) throw new Error("no sessions");
  for (const disturb of ["pg_cancel_backend", "pg_terminate_backend", undefined]) {
    await holder`drop user mapping if exists for authenticated server prod_catalog`;
    await holder.unsafe(
      `begin; create user mapping for authenticated server prod_catalog options (user 'x', password 'y')`,
    );
    let [waiting, ended] = [0, false];
    const coming = run("up", "preview", "-v", "1").finally(() => {
      ended = true;
    });
    while (!ended && (disturb || waiting < 5)) {
      const rows = await disturber.unsafe(`
        select ${disturb ? `${disturb}(pid)` : "pid"} from pg_stat_activity
        where query like '%ensure_catalog_mappings%' and state = 'active' and pid <> pg_backend_pid()`);
      waiting += rows.length;
      await sleep(40);
    }
    expect(waiting, disturb).toBeGreaterThan(0);
    await holder.unsafe(disturb ? "rollback" : "commit");
    const { code, output } = await coming;
    expect(code, output).toBe(disturb ? 1 : 0);
    if (disturb) expect(output, disturb).toMatch(/57014|57P01|CONNECTION/);
  }
  await Promise.all([holder, disturber].map((sql) => sql.end({ timeout: 2 })));
}

/** Samples what other sessions and processes show while commands run. */
async function watch(stop: AbortSignal): Promise<void> {
  const databases = await Promise.all([open("prod"), open("preview")].map(async (stack) => connect(await stack)));
  while (!stop.aborted) {
    for (const [path, content] of processesNow()) places.set(path, content);
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

/** Everything that was written down so far. */
async function collect(): Promise<void> {
  const kept = /\.log$|\.json$|\.ya?ml$|\.html$|\.md$|^pulumi\/|(^|\/)core(\.\d+)?$/;
  // What the local cloud is to keep: there it is the platform.
  const own = /^cloud\/state\.json$/;
  const files = await filesBelow(place.dataDir, (path) => kept.test(path) && !own.test(path));
  for (const [path, content] of files) places.set(path, content);
}

test("a whole life leaves no password anywhere", { timeout: 10 * MINUTES }, async () => {
  expect((await run("up", "prod", "-v", "1")).code).toBe(0);
  expect((await run("up", "preview", "-v", "1")).code).toBe(0);
  await remember(1);
  for (const stack of ["prod", "preview"]) {
    const { databasePassword } = await (await open(stack)).outputs({ showSecrets: true });
    secrets[`database password of ${stack}`] = String(databasePassword?.value);
  }
  await trackAll();
  const stop = new AbortController();
  const watching = watch(stop.signal);
  expect((await run("rotate", "prod")).code).toBe(0);
  await remember(2);
  await interfere();
  await withSql(await open("preview"), (sql) => sql`drop user mapping for authenticated server prod_catalog`);
  expect((await run("preview", "preview", "--refresh")).code).toBe(0);
  const report = join(place.dataDir, "drift");
  const drift = await run("drift", "preview", "--json", "--markdown", `${report}.md`, "--html", `${report}.html`);
  expect(drift.stdout).toContain("authenticated");
  expect((await run("up", "preview")).code).toBe(0);
  await withSql(await open("preview"), (sql) => sql`alter server prod_catalog options (set host '127.0.0.9')`);
  await withSql(await open("prod"), (sql) => sql`alter role fdw_catalog_ro_b nologin`);
  expect((await run("up", "preview")).code).not.toBe(0);
  stop.abort();
  await watching;
  for (const stack of ["prod", "preview"]) {
    const rows = await withSql(await open(stack), (sql) => sql`select query from extensions.pg_stat_statements`);
    expect(rows.length).toBeGreaterThan(10);
    places.set(`pg_stat_statements of ${stack}`, Buffer.from(JSON.stringify(rows)));
  }
  // The logs of a project go with it.
  await collect();
  expect((await run("destroy", "preview", "--yes")).code).toBe(0);
  expect((await run("destroy", "prod", "--unprotect", "prod", "--yes")).code).toBe(0);
  await collect();
  const kinds = [...places.keys()].join("\n");
  for (const kind of [
    /postgres\.log$/m,
    /daemon\.log$/m,
    /stacks\/tailfire\/preview\.json/,
    /^drift\.html$/m,
    /environ$/m,
  ]) {
    expect(kinds).toMatch(kind);
  }
  expect(new Set(Object.values(secrets)).size).toBe(4);
  expect(leaksIn(places, secrets)).toEqual([]);
  // Anything of it anywhere among all of this would have been found.
  const log = [...places.keys()].find((path) => path.endsWith(".log")) ?? "";
  const hidden = Buffer.from(`x${secrets["reader password 2"]}`).toString("base64");
  places.set(log, Buffer.concat([places.get(log) ?? Buffer.alloc(0), Buffer.from(hidden)]));
  expect(leaksIn(places, secrets)).toEqual([`reader password 2 in ${log}`]);
});
