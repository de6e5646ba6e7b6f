import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import type { FoundSailing } from "../../db/sample/sailing-search.ts";
import type { Reporter } from "../../engine/reporter.ts";
import type { OperationResult, StackOutputs } from "../../engine/result.ts";
import { reportEnvironment, reportLines, withDatabase } from "../session/environment-report.ts";
import { openSession } from "../session/session.ts";
import { searchAsAgent } from "./sample-search.ts";

const SAILINGS = 3000;

/** What the first command of a new user needs of the one who calls it. */
export interface StartOptions {
  readonly say: (line: string) => void;
  readonly reporter: Reporter;
  /** Runs a step and keeps its time. */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

/** What both environments are. */
export interface Started {
  /** Whether anything was changed in one of them. */
  readonly changed: boolean;
  /** What each of them is, for people. */
  readonly lines: readonly string[];
}

/** Brings up Production and Preview in the local cloud, fills Production's catalog and searches it from Preview. */
export async function start(options: StartOptions): Promise<Started> {
  const production = await bringUp(options, "prod");
  await fillCatalog(options, production);
  const preview = await bringUp(options, "preview");
  await showSearch(options, preview);
  const both = [production, preview];
  const lines: string[] = [];
  for (const environment of both) lines.push(...reportLines(await reportEnvironment(environment)));
  return { changed: both.some(({ result }) => result.changed), lines };
}

/** One environment, with its outputs read once: each reading starts the engine. */
interface BroughtUp {
  readonly stack: string;
  readonly result: OperationResult;
  readonly outputs: StackOutputs;
}

async function bringUp({ step, reporter }: StartOptions, name: string): Promise<BroughtUp> {
  const { result, outputs } = await step(`Bring up ${name}`, async () => {
    const { stack } = await openSession({ stack: name, onProgress: reporter.onProgress });
    return { result: await stack.up(), outputs: await stack.outputs({ showSecrets: true }) };
  });
  reporter.summary(result);
  return { stack: name, result, outputs };
}

async function fillCatalog({ step, say }: StartOptions, { outputs }: BroughtUp): Promise<void> {
  await step("Load a sample catalog into Production", async () => {
    const filled = await withDatabase(outputs, ({ $client }) => loadSampleCatalog($client, { sailings: SAILINGS }));
    const rows = Object.values(filled.rows).reduce((sum, count) => sum + count, 0);
    say(
      filled.loaded
        ? `  ${rows.toLocaleString("en")} rows, ${SAILINGS.toLocaleString("en")} sailings`
        : "  there already",
    );
  });
}

async function showSearch({ step, say }: StartOptions, { outputs }: BroughtUp): Promise<void> {
  await step("Search sailings in Preview, as role authenticated, through the foreign tables", async () => {
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
