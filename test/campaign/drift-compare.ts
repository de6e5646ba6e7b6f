import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readJournal } from "../../db/migrate/journal.ts";
import { readMigrationsLayer } from "../../drift/layers/migrations.ts";
import { throughLast } from "../../drift/layers/schema-facts.ts";
import { readOnly } from "../../drift/target.ts";
import { projectShadow } from "../../scripts/drift/shadow.ts";
import { expectedOf, look, makeAll, saidOf, takeBack } from "../drift/mutate.ts";
import { mutations } from "../drift/mutations/all.ts";
import type { Mutation, Where } from "../drift/mutations/mutation.ts";
import { Pair } from "../drift/pair.ts";
import { root } from "../support/run.ts";
import { columnsFor, comparisonPage, OURS, REFRESH, type Row } from "./drift-compare-page.ts";
import { changesDatabase, type Databases, databaseTools, Listener } from "./drift-tools.ts";

const STACKS = ["prod", "preview"] as const;

/** Makes every outside change, asks each tool whether it notices, takes it back, and writes docs/drift-comparison.md. */
export async function driftCompare(options: {
  readonly report: (line: string) => void;
}): Promise<Record<string, number>> {
  const { report } = options;
  const pair = await Pair.start();
  try {
    return await withShadow(pair, "prod", (prod) =>
      withShadow(pair, "preview", async (preview) => {
        const comparison = new Comparison(pair, { prod, preview }, report);
        await comparison.begin();
        for (const one of mutations) await comparison.tryOut(one);
        await writeFile(join(root, "docs/drift-comparison.md"), comparison.page());
        return comparison.counts();
      }),
    );
  } finally {
    await pair.remove();
  }
}

/** The database of a stack beside an untouched one, which is there while `work` runs. */
async function withShadow<Result>(
  pair: Pair,
  stack: Where,
  work: (databases: Databases) => Promise<Result>,
): Promise<Result> {
  const live = await pair.target(stack);
  const folder = join(root, "migrations");
  const { plan, settings } = await readOnly(live, (sql) => readMigrationsLayer(sql, folder));
  const applied = throughLast(plan, readJournal(folder).migrations);
  return projectShadow.make({ folder, settings, applied }, (shadow) => work({ live, shadow }));
}

class Comparison {
  readonly #pair: Pair;
  readonly #databases: Readonly<Record<Where, Databases>>;
  readonly #report: (line: string) => void;
  readonly #listeners: readonly Listener[];
  readonly #rows = new Map<Mutation, Row>();

  constructor(pair: Pair, databases: Readonly<Record<Where, Databases>>, report: (line: string) => void) {
    this.#pair = pair;
    this.#databases = databases;
    this.#report = report;
    this.#listeners = databaseTools(pair.dataDir).map((tool) => new Listener(tool));
    for (const mutation of mutations) this.#rows.set(mutation, { mutation, noticed: new Set() });
  }

  /** What the tools say of environments nobody touched. */
  async begin(): Promise<void> {
    for (const on of STACKS) {
      for (const listener of this.#listeners) await listener.learn(on, this.#databases[on]);
      const { changed } = await this.#refresh(on);
      if (changed) throw new Error(`pulumi refresh --preview-only reports changes of ${on}, which nobody touched`);
    }
    for (const { tool, noise } of this.#listeners) this.#report(`${tool.name}: ${noise} lines about nothing`);
  }

  /** Makes a change, asks every tool, and takes it back. */
  async tryOut(mutation: Mutation): Promise<void> {
    const { name, finds, unread = [] } = mutation;
    await makeAll(this.#pair, [mutation]);
    // The layers that are to find it; that nothing else is said is what drift-mutations tries.
    const layers = new Set([...finds.map(({ layer }) => layer), ...unread]);
    const results = await look(this.#pair, [mutation], [...layers]);
    const said = results.flatMap(saidOf);
    if (expectedOf(mutation).some((line) => said.includes(line))) this.#note(mutation, OURS);
    await this.#ask(mutation);
    await takeBack(this.#pair, [mutation], results);
    const noticed = this.#rows.get(mutation)?.noticed;
    const signs = columnsFor(this.#listeners).map((column) => (noticed?.has(column.name) ? "x" : "-"));
    this.#report(`${signs.join(" ")}  ${name}`);
  }

  async #refresh(on: Where) {
    return (await this.#pair.open(on)).refresh({ previewOnly: true });
  }

  async #ask(mutation: Mutation): Promise<void> {
    const { on } = mutation;
    const refresh = async (): Promise<void> => {
      if ((await this.#refresh(on)).changed) this.#note(mutation, REFRESH);
    };
    const ask = async (listener: Listener): Promise<void> => {
      try {
        if (await listener.notices(on, this.#databases[on])) this.#note(mutation, listener.tool.name);
      } catch (error) {
        this.#report(`      ${listener.tool.name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    await Promise.all([refresh(), ...(changesDatabase(mutation) ? this.#listeners.map(ask) : [])]);
  }

  #note(mutation: Mutation, tool: string): void {
    this.#rows.get(mutation)?.noticed.add(tool);
  }

  counts(): Record<string, number> {
    const rows = [...this.#rows.values()];
    const found = columnsFor(this.#listeners).map(({ name }) => [
      name,
      rows.filter((row) => row.noticed.has(name)).length,
    ]);
    return { mutations: rows.length, ...Object.fromEntries(found) };
  }

  page(): string {
    return comparisonPage([...this.#rows.values()], this.#listeners);
  }
}
