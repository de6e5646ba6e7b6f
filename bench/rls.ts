// What the policies cost: the queries of the application under row-level security, next to the same with an explicit agency
// as a role that bypasses it.
import { createHash } from "node:crypto";
import type { Sql } from "postgres";
import { runMigrations } from "../db/migrate.ts";
import { joinTestCloud, type TestDatabase } from "../test/support/test-cloud.ts";
import { fill } from "./rls/data.ts";
import { compare, medianOf, planOf } from "./rls/measure.ts";
import { benchQueries, naiveSearch } from "./rls/queries.ts";

interface RlsOptions {
  /** Of the largest table. */
  readonly rows: number;
  readonly agencies: number;
  readonly rounds: number;
  readonly json: boolean;
}

const say = (line: string) => void process.stderr.write(`${line}\n`);
const uuid = (text: string) =>
  createHash("md5")
    .update(text)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
/** The queries of the application under the policies, and with an explicit agency. */
export async function benchRls(options: RlsOptions): Promise<void> {
  const { rows, agencies } = options;
  const cloud = await joinTestCloud();
  try {
    const database = await cloud.createDatabase("bench");
    await runMigrations(database.url);
    await fill(await database.connectAsPlatform(), { rows, agencies }, say);
    await report(database, options);
  } finally {
    await cloud.remove();
  }
}

async function as(
  database: TestDatabase,
  { role, user, agency }: { role: string; user: string; agency: string },
): Promise<Sql> {
  const sql = database.connect();
  const claims = JSON.stringify({ sub: user, agency_id: agency, user_role: "user", role });
  await sql`select set_config('request.jwt.claims', ${claims}, false), set_config('role', ${role}, false), set_config('statement_timeout', '60s', false)`;
  return sql;
}

async function report(database: TestDatabase, { rows, agencies, rounds, json }: RlsOptions): Promise<void> {
  // Row 107 is one of agency 7's, and has an itinerary.
  const [agency, user, trip] = [
    uuid(`agency${7 % agencies}`),
    uuid(`user${7 % agencies}`),
    uuid(`trip${7 + agencies}`),
  ];
  const who = { agency, user };
  const policed = await as(database, { role: "authenticated", ...who });
  const explicit = await as(database, { role: "service_role", ...who });
  const results = [];
  for (const query of benchQueries({ agency, trip })) {
    const forms = { policed: { sql: policed, text: query.policed }, explicit: { sql: explicit, text: query.explicit } };
    say("");
    for (const protocol of ["simple", "prepared"] as const) {
      const measured = await compare({ ...forms, rounds, protocol });
      results.push({ name: query.name, protocol, ...measured });
      const { policedMs, explicitMs, ratio, quietRatio } = measured;
      say(
        `${query.name}, ${protocol}: ${policedMs.toFixed(3)} ms under policies, ${explicitMs.toFixed(3)} ms explicit, ${ratio.toFixed(2)} x (fastest tenth ${quietRatio.toFixed(2)} x)`,
      );
    }
    say(await planOf(policed, query.policed));
  }
  const naiveMs = await medianOf(policed, naiveSearch, 5);
  say(`\nsearch by plain ILIKE under the policy: ${naiveMs.toFixed(1)} ms\n${await planOf(policed, naiveSearch)}`);
  if (json)
    process.stdout.write(`${JSON.stringify({ rows, agencies, rounds, results, naiveSearchMs: naiveMs }, null, 2)}\n`);
}
