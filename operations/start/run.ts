import { Clock } from "../../commands/frame/clock.ts";
import { cancelInOrder } from "../../commands/frame/interrupt.ts";
import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import type { FoundSailing } from "../../db/sample/sailing-search.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { Reporter } from "../../engine/reporter.ts";
import type { OperationResult, StackOutputs } from "../../engine/result.ts";
import { reportEnvironment, reportLines, withDatabase } from "../session/environment-report.ts";
import { openSession } from "../session/session.ts";
import { searchAsAgent } from "./sample-search.ts";

const SAILINGS = 3000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const reporter = new Reporter({ write: say, colours: process.stdout.isTTY && !process.env.NO_COLOR });
const clock = new Clock(say);

/** The stack that is worked on, for whoever presses Ctrl-C. */
let current: EnvironmentStack | undefined;

/** One environment, with its outputs read once: each reading starts the engine. */
interface BroughtUp {
  readonly stack: string;
  readonly result: OperationResult;
  readonly outputs: StackOutputs;
}

async function bringUp(name: string): Promise<BroughtUp> {
  const { result, outputs } = await clock.run(`Bring up ${name}`, async () => {
    const { stack } = await openSession({ stack: name, onProgress: reporter.onProgress });
    // Only now: before a stack is open, Ctrl-C ends this process as usual.
    if (current === undefined) cancelInOrder({ interrupt: () => current?.interrupt() });
    current = stack;
    return { result: await stack.up(), outputs: await stack.outputs({ showSecrets: true }) };
  });
  reporter.summary(result);
  return { stack: name, result, outputs };
}

async function fillCatalog({ outputs }: BroughtUp): Promise<void> {
  await clock.run("Load a sample catalog into Production", async () => {
    const filled = await withDatabase(outputs, ({ $client }) => loadSampleCatalog($client, { sailings: SAILINGS }));
    const rows = Object.values(filled.rows).reduce((sum, count) => sum + count, 0);
    say(
      filled.loaded
        ? `  ${rows.toLocaleString("en")} rows, ${SAILINGS.toLocaleString("en")} sailings`
        : "  there already",
    );
  });
}

async function showSearch({ outputs }: BroughtUp): Promise<void> {
  await clock.run("Search sailings in Preview, as role authenticated, through the foreign tables", async () => {
    for (const line of table(await searchAsAgent(outputs))) say(`  ${line}`);
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
  await fillCatalog(production);
  const preview = await bringUp("preview");
  await showSearch(preview);
  say("");
  for (const environment of [production, preview]) {
    for (const line of reportLines(await reportEnvironment(environment))) say(line);
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
