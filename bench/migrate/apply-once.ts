import postgres from "postgres";
import { apply } from "../../db/migrate.ts";

// Applies the folder given as an argument to MIGRATE_URL, and prints how long it took and by how much this process grew at
// its peak. Its own size, with the modules and the connection, is not counted.

async function main(): Promise<void> {
  const [folder = ""] = process.argv.slice(2);
  const sql = postgres(process.env.MIGRATE_URL ?? "", { max: 1, onnotice: () => {} });
  await sql`select 1`;
  const before = process.memoryUsage.rss();
  const began = performance.now();
  await apply(sql, { folder, statementTimeoutMs: 0 });
  const ms = performance.now() - began;
  const peak = process.resourceUsage().maxRSS * 1024;
  await sql.end();
  process.stdout.write(JSON.stringify({ ms, beforeMb: before / 1e6, grownMb: (peak - before) / 1e6 }));
}

await main();
