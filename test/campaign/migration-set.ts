import type { MigrationsFolder } from "../support/migrations.ts";

/** How many rows `log` holds once a set is applied, each exactly once. */
export type ExpectedLog = string[];

/**
 * Writes a set in which everything that runs twice or not at all shows: each statement that can logs itself in a table
 * without a key. With `outside`, some files are no-transaction ones with indexes built, rebuilt and dropped concurrently.
 */
export async function writeMigrationSet(
  made: MigrationsFolder,
  options: { count: number; outside: boolean },
): Promise<ExpectedLog> {
  const expected: ExpectedLog = [];
  const log = (entry: string): string => {
    expected.push(entry);
    return `insert into log values ('${entry}')`;
  };
  await made.add(
    "0000_log",
    "create table log (entry text);\n--> statement-breakpoint\ncreate table wide (id int, n int);\n--> statement-breakpoint\ninsert into wide select i, i % 97 from generate_series(1, 3000) i;",
  );
  for (let n = 1; n < options.count; n++) {
    const tag = String(n).padStart(4, "0");
    if (options.outside && n % 4 === 2) {
      const statements = [
        log(`${tag} before`),
        `create index concurrently wide_${tag} on wide (n, id)`,
        log(`${tag} between`),
        `reindex index concurrently wide_${tag}`,
        ...(n % 8 === 2 ? [`drop index concurrently wide_${tag}`] : []),
        "vacuum wide",
        log(`${tag} after`),
      ];
      await made.add(`${tag}_outside`, `-- migrate: no-transaction\n${statements.join(";\n")};\n`);
    } else {
      const statements = [
        `create table t_${tag} (id int primary key, note text)`,
        log(`${tag} first`),
        "select pg_sleep(0.003)",
        log(`${tag} second`),
      ];
      await made.add(`${tag}_inside`, statements.join(";\n--> statement-breakpoint\n"));
    }
  }
  return expected;
}
