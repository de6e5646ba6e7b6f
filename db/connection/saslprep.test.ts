import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../../test/support/cluster.ts";
import { createDbClient } from "../client.ts";
import { connectForMigrations } from "../migrate/connect.ts";

// Postgres derives the key from the password it is given, psql from the one it is asked for: both by their own SASLprep.

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

let roles = 0;
async function roleWith(password: string): Promise<string> {
  const name = `r${++roles}`;
  await cluster.admin.unsafe(`create role ${name} login password '${password.replaceAll("'", "''")}'`);
  return name;
}

const urlOf = (user: string, password: string): string =>
  `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${cluster.port}/postgres`;

async function logIn(url: string): Promise<string> {
  const sql = connectForMigrations(url);
  try {
    return String((await sql.unsafe("select current_user as name"))[0]?.name);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

test.each([
  ["a no-break space", "pass\u00a0word"],
  ["a decomposed letter", "pe\u0301nible"],
  ["a composed letter", "p\u00e9nible"],
  ["a ligature and a wide digit", "\ufb01\uff11"],
  ["a soft hyphen", "soft\u00adware"],
  ["a zero-width space", "a\u200bb"],
  ["only what becomes nothing", "\u00ad\u00ad"],
  ["an emoji before a ligature: raw", "\u{1f600}\ufb01"],
  ["a sign younger than Unicode 3.2: raw", "\u{1f130}\ufb01"],
  ["a control character: raw", "a\u0085\ufb01"],
  ["a forbidden mark: raw", "a\u0340"],
  ["Hebrew", "\u05d0\ufb2a\u05d1"],
  ["Hebrew and Latin: raw", "\u05d0b\ufb01"],
  ["Hebrew that ends in a digit: raw", "\u05d0\ufb011"],
])("a password with %s logs in as with psql", async (_, password) => {
  const user = await roleWith(password);
  const url = urlOf(user, password);
  const { stdout } = await promisify(execFile)("psql", ["-X", "-At", "-c", "select current_user", url]);
  expect(stdout.trim()).toBe(user);
  expect(await logIn(url)).toBe(user);
  const { $client } = createDbClient(url, { max: 1 });
  expect(await $client`select current_user as name`).toMatchObject([{ name: user }]);
  await $client.end();
});

test("a password from PGPASSWORD is prepared as well", async () => {
  const user = await roleWith("pass\u00a0word");
  process.env.PGPASSWORD = "pass\u00a0word";
  try {
    expect(await logIn(`postgres://${user}@127.0.0.1:${cluster.port}/postgres`)).toBe(user);
  } finally {
    delete process.env.PGPASSWORD;
  }
});

test("another password than the role's is refused all the same", async () => {
  const user = await roleWith("pe\u0301nible");
  await expect(logIn(urlOf(user, "penible"))).rejects.toMatchObject({ code: "28P01" });
});

const telling = fc.constantFrom(
  ..."a1 .-",
  ..."\u00a0\u00ad\u0301\u00e9\ufb01\uff11\u200b\u2028\u05d0\u0627\u0661\u0340\u1e9b\u0323\u3000\u212b\ufeff\u0221\ue000",
  "\u{1f600}",
  "\u{1f130}",
  "\u{1d173}",
  "\u{20000}",
  "\u{e0001}",
);
const any = fc.integer({ min: 1, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff);
const passwords = fc
  .array(
    fc.oneof(
      { arbitrary: telling, weight: 3 },
      { arbitrary: any.map((code) => String.fromCodePoint(code)), weight: 1 },
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((characters) => characters.join(""));

test("random passwords log in wherever Postgres itself made the verifier", async () => {
  await fc.assert(
    fc.asyncProperty(passwords, async (password) => {
      const user = await roleWith(password);
      expect(await logIn(urlOf(user, password))).toBe(user);
    }),
    { numRuns: 300, seed: 20261130 },
  );
}, 120_000);

test("postgres.js alone lets none of those in that psql does: the reason for all this", async () => {
  const user = await roleWith("pass\u00a0word");
  const sql = postgres(urlOf(user, "pass\u00a0word"), { max: 1 });
  await expect(sql`select 1`).rejects.toMatchObject({ code: "28P01" });
  await sql.end();
});
