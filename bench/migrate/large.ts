import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { median } from "../table.ts";
import { add, type Ground } from "./rows.ts";

/** One form of the large file: medians in milliseconds by tool, and by how much our process grew at its peak. */
export type LargeRow = {
  form: string;
  fileMb: number;
  times: Record<string, number>;
  /** The median of the rounds' own ratios to psql. */
  ratio: number;
  grownMb: number;
};

const forms = [
  { form: "plain", head: "", between: "\n", psql: ["-1"] },
  { form: "with breakpoints", head: "", between: "\n--> statement-breakpoint\n", psql: ["-1"] },
  { form: "no-transaction", head: "-- migrate: no-transaction\n", between: "\n", psql: [] },
];

const table = "create table big (id int, name text, price numeric);\n";

function line(n: number): string {
  return `insert into big (id, name, price) values (${n}, 'row ${n} of the large table, padded to a usual length', ${n / 10});`;
}

/** One file of `statements` statements in three forms, for psql and every tool that is there. psql runs in the same mode. */
export async function benchLarge(
  { cluster, databases }: Ground,
  options: { folder: string; statements: number; rounds: number },
): Promise<{ rows: LargeRow[]; missing: string[] }> {
  const others = ["goose", "dbmate"].filter(isThere);
  const missing = ["goose", "dbmate"].filter((name) => !others.includes(name));
  await databases.template("large", "template1", async (name) =>
    run("psql", psqlArgs(cluster.url(name), ["-c", table])),
  );
  const rows: LargeRow[] = [];
  for (const each of forms) {
    const text = each.head + Array.from({ length: options.statements }, (_, n) => line(n)).join(each.between);
    const place = await writeForm(join(options.folder, each.form), each.form, text);
    const times: Record<string, number[]> = {};
    const grown: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      await databases.copy("large", async (name) =>
        add(times, "psql", run("psql", psqlArgs(cluster.url(name), [...each.psql, "-f", place.file])).ms),
      );
      await databases.copy("large", async (name) => {
        const { stdout } = run(process.execPath, ["--import", "tsx", applyOnce, place.drizzle], cluster.url(name));
        const { ms, grownMb } = JSON.parse(stdout) as { ms: number; grownMb: number };
        add(times, "this runner", ms);
        grown.push(grownMb);
      });
      for (const other of others) {
        await databases.copy("large", async (name) => add(times, other, runOther(other, cluster.url(name), place)));
      }
    }
    const ratios = (times["this runner"] ?? []).map((ms, index) => ms / (times.psql?.[index] ?? Number.NaN));
    const medians = Object.fromEntries(Object.entries(times).map(([name, found]) => [name, median(found)]));
    const fileMb = Buffer.byteLength(text) / 1e6;
    rows.push({ form: each.form, fileMb, times: medians, ratio: median(ratios), grownMb: median(grown) });
  }
  return { rows, missing };
}

const applyOnce = join(import.meta.dirname, "apply-once.ts");

type Place = { file: string; drizzle: string; goose: string; dbmate: string };

async function writeForm(folder: string, form: string, text: string): Promise<Place> {
  const place = { drizzle: join(folder, "drizzle"), goose: join(folder, "goose"), dbmate: join(folder, "dbmate") };
  for (const path of [join(place.drizzle, "meta"), place.goose, place.dbmate]) await mkdir(path, { recursive: true });
  const file = join(place.drizzle, "0001_big.sql");
  await writeFile(file, text);
  const entries = [{ idx: 0, version: "7", when: 1_700_000_000_000, tag: "0001_big", breakpoints: true }];
  await writeFile(
    join(place.drizzle, "meta/_journal.json"),
    JSON.stringify({ version: "7", dialect: "postgresql", entries }),
  );
  const none = form === "no-transaction";
  await writeFile(
    join(place.goose, "00001_big.sql"),
    `${none ? "-- +goose NO TRANSACTION\n" : ""}-- +goose Up\n${text}\n`,
  );
  await writeFile(
    join(place.dbmate, "1_big.sql"),
    `-- migrate:up${none ? " transaction:false" : ""}\n${text}\n-- migrate:down\n`,
  );
  return { ...place, file };
}

function runOther(name: string, url: string, place: Place): number {
  if (name === "goose") return run("goose", ["-dir", place.goose, "postgres", url, "up"]).ms;
  return run("dbmate", ["--url", `${url}?sslmode=disable`, "-d", place.dbmate, "--no-dump-schema", "up"]).ms;
}

function psqlArgs(url: string, args: string[]): string[] {
  return ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, ...args];
}

function run(command: string, args: string[], migrateUrl = ""): { ms: number; stdout: string } {
  const began = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, MIGRATE_URL: migrateUrl },
  });
  const ms = performance.now() - began;
  if (status !== 0)
    throw new Error(`${command} ended with ${status ?? error?.message}: ${stdout}${stderr}`.slice(0, 2000));
  return { ms, stdout };
}

function isThere(command: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, command)));
}
