import { asUser, createDbClient } from "../db/client.ts";
import { loadSampleCatalog } from "../db/sample/catalog.ts";
import { type FoundSailing, searchSailings } from "../db/sample/sailing-search.ts";
import type { EnvironmentStack } from "../engine/operations.ts";
import { Reporter } from "../engine/reporter.ts";
import type { OperationResult } from "../engine/result.ts";
import { Clock } from "./clock.ts";
import { directUrl, reportEnvironment, reportLines, withDatabase } from "./environment-report.ts";
import { cancelInOrder } from "./interrupt.ts";
import { openSession } from "./session.ts";

const SAILINGS = 3000;
const SEARCH = { from: "2027-02-01", to: "2027-03-31", nights: 7, limit: 5 };

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const reporter = new Reporter({ write: say, colours: process.stdout.isTTY && !process.env.NO_COLOR });
const clock = new Clock(say);

async function bringUp(name: string): Promise<{ stack: EnvironmentStack; result: OperationResult }> {
  const { stack, result } = await clock.run(`Bring up ${name}`, async () => {
    const session = await openSession({ stack: name, onProgress: reporter.onProgress });
    cancelInOrder(session.stack);
    return { stack: session.stack, result: await session.stack.up() };
  });
  reporter.summary(result);
  return { stack, result };
}

async function fillCatalog(production: EnvironmentStack): Promise<void> {
  await clock.run("Load a sample catalog into Production", async () => {
    const outputs = await production.outputs({ showSecrets: true });
    const filled = await withDatabase(outputs, ({ $client }) => loadSampleCatalog($client, { sailings: SAILINGS }));
    const rows = Object.values(filled.rows).reduce((sum, count) => sum + count, 0);
    say(
      filled.loaded
        ? `  ${rows.toLocaleString("en")} rows, ${SAILINGS.toLocaleString("en")} sailings`
        : "  there already",
    );
  });
}

async function searchAsTraveller(preview: EnvironmentStack): Promise<void> {
  await clock.run("Search sailings in Preview, as role authenticated, through the foreign tables", async () => {
    const outputs = await preview.outputs({ showSecrets: true });
    const database = createDbClient(directUrl(outputs), {
      max: 1,
      connect_timeout: 10,
      connection: { statement_timeout: 30_000 },
    });
    try {
      const found = await asUser(database, { sub: "00000000-0000-4000-8000-000000000001" }, (tx) =>
        searchSailings(tx, SEARCH),
      );
      if (found.length === 0) throw new Error("the search in Preview found no sailing; Production's catalog is empty");
      for (const line of table(found)) say(`  ${line}`);
    } finally {
      await database.$client.end({ timeout: 5 });
    }
  });
}

function table(found: readonly FoundSailing[]): string[] {
  const rows = found.map((sailing) => [
    sailing.sailDate,
    `${sailing.nights} nights`,
    `${sailing.line}, ${sailing.ship}`,
    `${sailing.from} - ${sailing.to}`,
    `${sailing.priceCad ?? "?"} CAD`,
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   "));
}

async function main(): Promise<void> {
  const production = await bringUp("prod");
  await fillCatalog(production.stack);
  const preview = await bringUp("preview");
  await searchAsTraveller(preview.stack);
  say("");
  for (const { stack } of [production, preview]) {
    for (const line of reportLines(await reportEnvironment(stack))) say(line);
  }
  say("\nTime");
  for (const { step, seconds } of clock.steps) say(`  ${seconds.toFixed(1).padStart(6)} s  ${step}`);
  if (![production, preview].some(({ result }) => result.changed))
    say("\nBoth environments are as declared: no changes.");
  say(`
What to try next
  npm start                             again: it converges and says "no changes"
  npm run env -- preview                write .env for an application
  npm run preview -- preview --refresh  what does not match, without changing anything
  npm run destroy -- preview            remove Preview
  npm run local -- stop                 stop the local cloud (data stays)`);
}

try {
  await main();
  process.exit(0);
} catch (error) {
  reporter.close();
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
