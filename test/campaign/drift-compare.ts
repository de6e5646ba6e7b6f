import { existsSync, readFileSync } from "node:fs";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readJournal } from "../../db/migrate/journal.ts";
import { readMigrationsLayer } from "../../operations/drift/core/layers/migrations.ts";
import { throughLast } from "../../operations/drift/core/layers/schema-facts.ts";
import { readOnly } from "../../operations/drift/core/target.ts";
import { projectShadow } from "../../operations/drift/shadow.ts";
import { expectedOf, look, makeAll, saidOf, takeBack } from "../drift/mutate.ts";
import { mutations } from "../drift/mutations/all.ts";
import type { Mutation, Where } from "../drift/mutations/mutation.ts";
import { Pair } from "../drift/pair.ts";
import { root } from "../support/run.ts";
import { columnsFor, comparisonPage, OURS, REFRESH, type Row } from "./drift-compare-page.ts";
import { changesDatabase, type Databases, databaseTools, Listener } from "./drift-tools.ts";

const STACKS = ["prod", "preview"] as const;

/** Answers so far, so that a run that was stopped goes on; delete it to ask again. */
const ANSWERS = join(root, ".data", "drift-compare.jsonl");

/**
 * Makes outside changes, asks each tool whether it notices, takes them back, and writes docs/measurements/drift-comparison.md.
 * @param options.rounds how many changes at most; the next run goes on with the others
 */
export async function driftCompare(options: {
  readonly rounds: number;
  readonly report: (line: string) => void;
  readonly stop?: AbortSignal;
}): Promise<Record<string, number>> {
  const { rounds, report } = options;
  await mkdir(dirname(ANSWERS), { recursive: true });
  const pair = await Pair.start();
  try {
    return await withShadow(pair, "prod", (prod) =>
      withShadow(pair, "preview", async (preview) => {
        const comparison = new Comparison(pair, { prod, preview }, report);
        await comparison.begin();
        for (let round = 0; round < rounds; round++) {
          options.stop?.throwIfAborted();
          const next = mutations.find(({ name }) => !answers().has(name));
          if (!next) break;
          await comparison.tryOut(next);
        }
        await writeFile(join(root, "docs/measurements/drift-comparison.md"), comparison.page());
        return comparison.counts();
      }),
    );
  } finally {
    await pair.remove();
  }
}

/** The database of a stack next to an untouched one, which is there while `work` runs. */
async function withShadow<Result>(
  pair: Pair,
  stack: Where,
  work: (databases: Databases) => Promise<Result>,
): Promise<Result> {
  const live = await pair.target(stack);
  const folder = join(root, "migrations");
  const { plan, settings } = await readOnly(live, (sql) => readMigrationsLayer(sql, folder));
  const applied = throughLast(plan, readJournal(folder).migrations);
  const made = await projectShadow.make(
    { folder, settings, applied },
    { born: async () => undefined, migrated: (shadow) => work({ live, shadow }) },
  );
  return made.migrated;
}

/** Names of the tools that noticed, by change. */
function answers(): Map<string, Set<string>> {
  const lines = existsSync(ANSWERS) ? readFileSync(ANSWERS, "utf8").split("\n") : [];
  const kept = lines.filter((line) => line !== "").map((line): [string, string[]] => JSON.parse(line));
  return new Map(kept.map(([name, tools]) => [name, new Set(tools)]));
}

class Comparison {
  readonly #pair: Pair;
  readonly #databases: Readonly<Record<Where, Databases>>;
  readonly #report: (line: string) => void;
  readonly #listeners: readonly Listener[];

  constructor(pair: Pair, databases: Readonly<Record<Where, Databases>>, report: (line: string) => void) {
    this.#pair = pair;
    this.#databases = databases;
    this.#report = report;
    this.#listeners = databaseTools(pair.dataDir).map((tool) => new Listener(tool));
  }

  /** What the tools say of untouched environments. */
  async begin(): Promise<void> {
    for (const on of STACKS) {
      for (const listener of this.#listeners) await listener.learn(on, this.#databases[on]);
      const { changed } = await this.#refresh(on);
      if (changed) throw new Error(`pulumi refresh --preview-only reports changes of ${on}, which was not touched`);
    }
    for (const { tool, noise } of this.#listeners) this.#report(`${tool.name}: ${noise} lines about nothing`);
  }

  /** Makes a change, asks every tool, takes it back, and keeps the answers. @throws where a tool gave none */
  async tryOut(mutation: Mutation): Promise<void> {
    const { name, finds, unreachable = [] } = mutation;
    await makeAll(this.#pair, [mutation]);
    // The layers that are to find it; that nothing else is said is what drift-mutations tries.
    const layers = new Set([...finds.map(({ layer }) => layer), ...unreachable]);
    const results = await look(this.#pair, [mutation], [...layers]);
    const said = results.flatMap(saidOf);
    const { noticed, sayings } = await this.#ask(mutation);
    if (expectedOf(mutation).some((line) => said.includes(line))) noticed.add(OURS);
    await takeBack(this.#pair, [mutation], results);
    await this.#askAgain(mutation, sayings, noticed);
    await appendFile(ANSWERS, `${JSON.stringify([name, [...noticed]])}\n`);
    const signs = columnsFor(this.#listeners).map((column) => (noticed.has(column.name) ? "x" : "-"));
    this.#report(`${signs.join(" ")}  ${name}`);
  }

  async #refresh(on: Where) {
    return (await this.#pair.open(on)).refresh({ previewOnly: true });
  }

  /** Names of tools that notice it, and what those say that may. */
  async #ask(mutation: Mutation): Promise<{ noticed: Set<string>; sayings: Map<Listener, string> }> {
    const { on } = mutation;
    const noticed = new Set<string>();
    const sayings = new Map<Listener, string>();
    const refresh = async (): Promise<void> => {
      if ((await this.#refresh(on)).changed) noticed.add(REFRESH);
    };
    const ask = async (listener: Listener): Promise<void> => {
      const said = await listener.saysOf(on, this.#databases[on]);
      if (said !== undefined) sayings.set(listener, said);
    };
    await Promise.all([refresh(), ...(changesDatabase(mutation) ? this.#listeners.map(ask) : [])]);
    return { noticed, sayings };
  }

  async #askAgain({ on }: Mutation, sayings: Map<Listener, string>, noticed: Set<string>): Promise<void> {
    const again = async ([listener, said]: [Listener, string]): Promise<void> => {
      if (await listener.takesBack(on, this.#databases[on], said)) noticed.add(listener.tool.name);
    };
    await Promise.all([...sayings].map(again));
  }

  page(): string {
    return comparisonPage(rowsSoFar(), this.#listeners);
  }

  counts(): Record<string, number> {
    const rows = rowsSoFar();
    const found = columnsFor(this.#listeners).map(({ name }): [string, number] => [
      name,
      rows.filter(({ noticed }) => noticed.has(name)).length,
    ]);
    return { asked: rows.length, of: mutations.length, ...Object.fromEntries(found) };
  }
}

function rowsSoFar(): Row[] {
  const known = answers();
  return mutations.flatMap((mutation) => {
    const noticed = known.get(mutation.name);
    return noticed ? [{ mutation, noticed }] : [];
  });
}
