import { afterAll, beforeAll, expect, test } from "vitest";
import { listStacks } from "../../engine/list.ts";
import { rotate } from "../../operations/rotation/rotate.ts";
import { localStore } from "../../operations/rotation/store.ts";
import { changeStackSettings } from "../../operations/session/stack-settings.ts";
import { copiedProgram } from "../drift/program.ts";
import { makePlace, withSql } from "../support/environment.ts";
import { runTask } from "../support/run.ts";

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

test("destroy says who reads a publisher, and takes previews that live in the shared project with it", {
  timeout: 10 * MINUTES,
}, async () => {
  const { dataDir } = place;
  const made = await runTask("pr", ["up", "5", "--isolation", "database", "--base", "HEAD"], { dataDir });
  expect(made.code, made.output).toBe(0);
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
