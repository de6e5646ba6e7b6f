import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../../test/support/cluster.ts";
import { type MigrationsFolder, migrationsFolder } from "../../test/support/migrations.ts";

// Memory of a run is bounded by its files, whatever the statements answer. Measured in a process of its own, because what
// a process once took it keeps.

let cluster: Cluster;
let made: MigrationsFolder;

beforeAll(async () => {
  cluster = await startCluster();
  made = await migrationsFolder();
});
afterAll(async () => {
  await made?.delete();
  await cluster?.stop();
});

/** Applies the folder and returns by how many MB the process grew at its peak. */
function grownBy(database: string): number {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, "../../bench/migrate/apply-once.ts"), made.folder],
    { encoding: "utf8", env: { ...process.env, MIGRATE_URL: cluster.url(database) } },
  );
  const found: { grownMb?: number } = stdout === "" ? {} : JSON.parse(stdout);
  if (found.grownMb === undefined) throw new Error(stderr);
  return found.grownMb;
}

const statements = 40_000;
const line = (n: number): string =>
  `insert into big (id, name, price) values (${n}, 'row ${n} of the large table, padded to a usual length', ${n / 10});`;

test.each([
  ["in a transaction", "select g, repeat('x', 100) from generate_series(1, 1000000) g;"],
  [
    "in a no-transaction file",
    "-- migrate: no-transaction\nselect g, repeat('x', 100) from generate_series(1, 1000000) g;",
  ],
])("a SELECT of a million rows takes no memory %s", async (_, text) => {
  await made.list([]);
  await made.add("0001_select", text);
  expect(grownBy(await cluster.createDatabase())).toBeLessThan(60);
});

test.each([
  ["plain", "", "\n"],
  ["with breakpoints", "", "\n--> statement-breakpoint\n"],
  ["no-transaction", "-- migrate: no-transaction\n", "\n"],
])("a large file takes few times its size, %s", async (_, head, between) => {
  const text = head + Array.from({ length: statements }, (_each, n) => line(n)).join(between);
  await made.list([]);
  await made.add("0001_t", "create table big (id int, name text, price numeric);");
  await made.add("0002_big", text);
  const megabytes = Buffer.byteLength(text) / 1e6;
  // What a run takes whatever its size counts for more in a file this small.
  expect(grownBy(await cluster.createDatabase())).toBeLessThan(3 * megabytes + 15);
});
