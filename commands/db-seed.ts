import type { Sql } from "postgres";
import type { SeedSize } from "../db/sample/development.ts";
import { UsageError, wholeNumber } from "./frame/arguments.ts";
import { databaseCommand } from "./frame/database-command.ts";
import { disposableHelp, disposableOptions, requireDisposable } from "./frame/disposable.ts";

const SAILINGS = 3000;

void databaseCommand(
  {
    name: "db:seed",
    summary: `Fills a development database with a believable agency, and its catalog, where that is local and empty. The same rows
every time; what is there already is left as it is.`,
    options: { ...disposableOptions, size: { type: "string" }, sailings: { type: "string" } },
    help: `  --size small|large      how much (default small)
  --sailings N            rows of the catalog's largest table (default ${SAILINGS})
${disposableHelp}`,
  },
  async (context) => {
    const { size = "small", sailings = SAILINGS } = context.values;
    if (size !== "small" && size !== "large") throw new UsageError(`--size is small or large, not "${String(size)}"`);
    const rows = wholeNumber("sailings", String(sailings));
    await requireDisposable(context, "Seeding");
    const seeded = await seed(context.sql, size, rows);
    for (const line of seeded) context.say(line);
    context.document({ lines: seeded });
    return "done";
  },
);

async function seed(sql: Sql, size: SeedSize, sailings: number): Promise<string[]> {
  const { loadSampleCatalog } = await import("../db/sample/catalog.ts");
  const { seedDevelopment } = await import("../db/sample/development.ts");
  const { seeded, rows } = await seedDevelopment(sql, { size });
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const agencies = seeded
    ? `Seeded ${total} rows in ${Object.keys(rows).length} tables.`
    : "The agencies are there already.";
  const [mode] = await sql`select environment.catalog_mode() as mode`;
  if (mode?.mode !== "local") return [agencies];
  const catalog = await loadSampleCatalog(sql, { sailings });
  return [agencies, catalog.loaded ? `Loaded ${sailings} sailings.` : "The catalog holds sailings already."];
}
