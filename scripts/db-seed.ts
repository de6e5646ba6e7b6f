import type { Sql } from "postgres";
import type { SeedSize } from "../db/sample/development.ts";
import { UsageError } from "./arguments.ts";
import { databaseArguments, openDatabase, requireDisposable, runDatabaseCommand } from "./database-target.ts";

const usage = `Usage: npm run db:seed -- [--size small|large] [--sailings N]
Fills a development database with a believable agency, and its catalog, where that is local and empty. The same rows every
time; what is there already is left as it is.`;

await runDatabaseCommand(async () => {
  const command = databaseArguments({ usage, options: { size: { type: "string" }, sailings: { type: "string" } } });
  const size = command.flags.size ?? "small";
  if (size !== "small" && size !== "large") throw new UsageError(usage);
  const sql = await openDatabase(command.url);
  try {
    await requireDisposable(sql, command, "Seeding");
    await seed(sql, size, Number(command.flags.sailings ?? 3000));
  } finally {
    await sql.end();
  }
});

async function seed(sql: Sql, size: SeedSize, sailings: number): Promise<void> {
  const { loadSampleCatalog } = await import("../db/sample/catalog.ts");
  const { seedDevelopment } = await import("../db/sample/development.ts");
  const { seeded, rows } = await seedDevelopment(sql, { size });
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    seeded ? `Seeded ${total} rows in ${Object.keys(rows).length} tables.\n` : "The agencies are there already.\n",
  );
  const [mode] = await sql`select environment.catalog_mode() as mode`;
  if (mode?.mode !== "local") return;
  const catalog = await loadSampleCatalog(sql, { sailings });
  process.stdout.write(catalog.loaded ? `Loaded ${sailings} sailings.\n` : "The catalog holds sailings already.\n");
}
