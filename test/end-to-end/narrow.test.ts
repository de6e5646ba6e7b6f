import { readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listStacks } from "../../engine/list.ts";
import { rotate } from "../../operations/rotation/rotate.ts";
import { localStore } from "../../operations/rotation/store.ts";
import { changeStackSettings, readStackSettings } from "../../operations/session/stack-settings.ts";
import { copiedProgram } from "../drift/program.ts";
import { strayProcesses } from "../pull-requests/footprint.ts";
import { makePlace, withSql } from "../support/environment.ts";
import { type Finished, runTask, startTask } from "../support/run.ts";

const place = makePlace("narrow");
const MINUTES = 60_000;
let own: Awaited<ReturnType<typeof copiedProgram>>;
const open = async (stack: string) => (await place.open(stack, own.program)).stack;

beforeAll(async () => {
  own = await copiedProgram(place.dataDir);
  for (const stack of ["prod", "preview"]) {
    const opened = await open(stack);
    await opened.up();
    await withSql(opened, (sql) => sql`insert into environment.settings (name, value) values ('mark', '"kept"')`);
  }
}, 8 * MINUTES);

afterAll(() => place.remove());

const marked = async (stack: string): Promise<unknown> => {
  const [row] = await withSql(
    await open(stack),
    (sql) => sql`select value from environment.settings where name = 'mark'`,
  );
  return row?.value;
};

const wrapperOptions = async (): Promise<string> => {
  const [row] = await withSql(
    await open("preview"),
    (sql) => sql`select srvoptions::text as held from pg_foreign_server`,
  );
  return String(row?.held);
};

test("a repair with a changed region brings a server back, and replaces no project", {
  timeout: 8 * MINUTES,
}, async () => {
  const ref = (await (await open("preview")).outputs()).ref?.value;
  await withSql(await open("preview"), (sql) => sql.unsafe("alter server prod_catalog options (set fetch_size '7')"));
  await changeStackSettings({ dataDir: place.dataDir, stack: "preview" }, { region: "eu-west-1" });
  const args = ["preview", "--only", "configuration", "--only", "resources", "--repair", "--yes"];
  const ended = await runTask("drift", args, { dataDir: place.dataDir });
  expect(ended.stderr, ended.output).toMatch(/an up of these alone brings back:\s+ForeignCatalog main/);
  expect(ended.stderr.match(/replaces Project main; data is lost/g), ended.output).toHaveLength(1);
  expect((await (await open("preview")).outputs()).ref?.value).toBe(ref);
  expect(await marked("preview")).toBe("kept");
  expect(await wrapperOptions()).toContain("fetch_size=1000");
  const refused = await (await open("preview")).up().catch((error: Error) => error.message);
  expect(refused).toMatch(/it replaces Project main; data is lost/);
  expect(await marked("preview")).toBe("kept");
  await changeStackSettings({ dataDir: place.dataDir, stack: "preview" }, { region: "ca-central-1" });
});

test("rotate leaves a pending drop table pending, on the publisher and on its subscriber", {
  timeout: 8 * MINUTES,
}, async () => {
  await own.add("9999_drop_marks", "drop table environment.settings cascade;");
  const said: string[] = [];
  const report = await rotate({
    publisher: "prod",
    subscribers: ["preview"],
    store: localStore({ dataDir: place.dataDir, stack: "prod" }),
    open,
    say: (line) => void said.push(line),
  });
  expect(report).toMatchObject({ generation: 2, reader: "fdw_catalog_ro_b", switched: ["preview"] });
  for (const stack of ["prod", "preview"]) {
    expect(said).toContain(`${stack}: 1 migration stays pending: 9999_drop_marks`);
    expect(await marked(stack)).toBe("kept");
  }
  await withSql(await open("preview"), (sql) => sql`select from catalog.cruise_lines limit 1`);
  const [mapped] = await withSql(
    await open("preview"),
    (sql) => sql`select umoptions::text as held from pg_user_mappings`,
  );
  expect(mapped?.held).toContain("user=fdw_catalog_ro_b");
});

test("rotate that is refused writes nothing: not a publisher, or a name that no stack has", async () => {
  const { dataDir } = place;
  const before = await readStackSettings({ dataDir, stack: "prod" });
  for (const [args, answer] of [
    [["preview"], /this stack publishes no catalog[\s\S]*Nothing was changed/],
    [["prod", "--leave", "previw"], /previw reads no catalog of prod; preview does[\s\S]*Nothing was changed/],
  ] as const) {
    const refused = await runTask("rotate", args, { dataDir });
    expect(refused.code, refused.output).toBe(3);
    expect(refused.output).toMatch(answer);
  }
  expect(await readStackSettings({ dataDir, stack: "preview" })).not.toHaveProperty("readerGeneration");
  expect(await readStackSettings({ dataDir, stack: "prod" })).toEqual(before);
});

test("rotate ends with 1 where a subscriber cannot be switched, which reads on, and finishes at the next run", {
  timeout: 4 * MINUTES,
}, async () => {
  const { dataDir } = place;
  const passphrase = join(dataDir, "pulumi", "passphrase.preview");
  const preview = await open("preview");
  await rename(passphrase, `${passphrase}.away`);
  const failed = await runTask("rotate", ["prod"], { dataDir });
  await rename(`${passphrase}.away`, passphrase);
  expect(failed.code, failed.output).toBe(1);
  expect(failed.output).toMatch(/preview: not switched\. [\s\S]*not every subscriber was switched: preview/);
  await withSql(preview, (sql) => sql`select from catalog.cruise_lines limit 1`);
  const finished = await runTask("rotate", ["prod", "--json"], { dataDir });
  expect(finished.code, finished.output).toBe(0);
  expect(JSON.parse(finished.stdout)).toMatchObject({ generation: 3, resumed: true, switched: ["preview"] });
});

/** Runs a command until it waits for a lock in a database, and then presses Ctrl-C as a terminal does. */
async function interrupted(
  held: { readonly stack: string; readonly lock: string },
  task: string,
  args: readonly string[],
): Promise<Finished> {
  const { dataDir } = place;
  const cut = await withSql(await open(held.stack), async (gate) => {
    await gate.unsafe(`begin; ${held.lock}`);
    const running = startTask(task, args, { dataDir });
    for (const deadline = Date.now() + MINUTES; ; await sleep(50)) {
      const [waiting] = await gate`select from pg_locks where locktype = 'relation' and not granted`;
      if (waiting) break;
      if (Date.now() > deadline || !running.isRunning()) throw new Error(`no wait: ${(await running.ended).output}`);
    }
    running.signal("SIGINT");
    await sleep(300);
    await gate`rollback`;
    return running;
  });
  const ended = await cut.ended;
  expect(ended.code, ended.output).toBe(130);
  expect(ended.output).toContain("Finishing what is under way, then stopping.");
  const locks = await readdir(join(dataDir, "pulumi", "state", ".pulumi", "locks"), { recursive: true });
  expect(locks.filter((file) => file.endsWith(".json"))).toEqual([]);
  expect(strayProcesses(dataDir)).toEqual([]);
  return ended;
}

const CATALOG = { stack: "preview", lock: "select environment.lock_catalog()" };

const LOOK = (stack: string) => ({ stack, lock: "lock table environment.settings in access exclusive mode" });

test("Ctrl-C ends rotate in order, and the next run finishes it", { timeout: 4 * MINUTES }, async () => {
  const { dataDir } = place;
  const cut = await interrupted(CATALOG, "rotate", ["prod"]);
  expect(cut.output).toMatch(/Run the command again/);
  const finished = await runTask("rotate", ["prod", "--json"], { dataDir });
  expect(JSON.parse(finished.stdout), finished.output).toMatchObject({ generation: 4, resumed: true });
});

test("Ctrl-C ends release apply and drift --repair in order; a look that was cut off reports nothing", {
  timeout: 6 * MINUTES,
}, async () => {
  const { dataDir } = place;
  await withSql(await open("preview"), (sql) => sql.unsafe("alter server prod_catalog options (set fetch_size '7')"));
  const planned = await runTask("release", ["plan", "--stack", "preview", "--json"], { dataDir });
  const { digest } = JSON.parse(planned.stdout);
  const apply = ["apply", "--stack", "preview", "--approved", digest];
  await interrupted(CATALOG, "release", apply);
  await withSql(await open("preview"), (sql) => sql.unsafe("alter server prod_catalog options (set fetch_size '7')"));
  await interrupted(CATALOG, "drift", ["preview", "--only", "resources", "--repair", "--yes"]);
  const history = join(dataDir, "drift", "history.jsonl");
  const before = await readFile(history, "utf8");
  const looked = await interrupted(LOOK("preview"), "drift", ["preview", "--only", "resources"]);
  expect(looked.stderr).toMatch(/interrupted/);
  expect(await readFile(history, "utf8")).toBe(before);
  const applied = await runTask("up", ["preview"], { dataDir });
  expect(applied.code, applied.output).toBe(0);
  expect(await wrapperOptions()).toContain("fetch_size=1000");
});

test("release names what a plan would lose, and loses it only when it is named", { timeout: 8 * MINUTES }, async () => {
  const { dataDir } = place;
  await changeStackSettings({ dataDir, stack: "preview" }, { catalog: "standalone" });
  const planned = await runTask("release", ["plan", "--stack", "preview", "--json"], { dataDir });
  const { digest, losses } = JSON.parse(planned.stdout);
  expect(losses, planned.output).toMatchObject([{ how: "deletes" }]);
  expect(planned.stderr).toContain("! deletes VaultSecret main-reader; data is lost");
  expect(planned.stderr).toContain(`apply --approved ${digest} --lose "VaultSecret main-reader" --stack preview`);
  const apply = (...more: string[]) =>
    runTask("release", ["apply", "--approved", digest, "--stack", "preview", ...more], { dataDir });
  for (const refused of [await apply(), await apply("--lose", "VaultSecret main")]) {
    expect(refused.code, refused.output).toBe(3);
    expect(refused.stderr).toContain("it deletes VaultSecret main-reader; data is lost. Nothing was changed");
    expect(refused.stderr).not.toContain("Way back");
  }
  expect(await marked("preview")).toBe("kept");
  await changeStackSettings({ dataDir, stack: "preview" }, { catalog: "subscribe" });
});

test("destroy says who reads a publisher, and takes previews that live in the shared project with it, reopened ones and those of a renamed repository too", {
  timeout: 10 * MINUTES,
}, async () => {
  const { dataDir } = place;
  const made = await runTask("pr", ["up", "5", "--isolation", "database", "--base", "HEAD", "--json"], { dataDir });
  expect(made.code, made.output).toBe(0);
  await interrupted(LOOK("preview-pr-5"), "pr", ["up", "5", "--base", "HEAD"]);
  const { database } = JSON.parse(made.stdout);
  // The repository was renamed: what its state recorded stays where it is, under the name it has.
  const env = { GITHUB_REPOSITORY: "acme/renamed" };
  const again = await runTask("pr", ["up", "5", "--base", "HEAD", "--json"], { dataDir, env });
  expect(JSON.parse(again.stdout), again.output).toMatchObject({ changed: false, isolation: "database", database });
  const pruned = await runTask("pr", ["prune", "--open", "none", "--grace", "0m", "--json"], { dataDir, env });
  expect(JSON.parse(pruned.stdout), pruned.output).toMatchObject({ removed: [{ number: 5 }], failed: [] });
  const reopened = await runTask("pr", ["up", "5", "--isolation", "database", "--base", "HEAD", "--json"], { dataDir });
  expect(JSON.parse(reopened.stdout), reopened.output).toMatchObject({ changed: true, database });
  const asked = await runTask("destroy", ["preview"], { dataDir });
  expect(asked.code, asked.output).toBe(3);
  expect(asked.output).toMatch(/- preview of pull request 5: database pr_5_[0-9a-f]{8}, its stack/);
  const publisher = await runTask("destroy", ["prod", "--unprotect", "prod"], { dataDir });
  expect(publisher.code, publisher.output).toBe(0);
  expect(publisher.output).toContain("! preview reads its catalog through foreign tables, and cannot any more");
  const shared = await runTask("destroy", ["preview", "--yes"], { dataDir });
  expect(shared.code, shared.output).toBe(0);
  const left = await listStacks({ cloud: "local", dataDir, settingsDir: dataDir });
  expect(left.map(({ name }) => name)).toEqual([]);
});
