import { literal } from "../../../db/connection/literal.ts";
import type { Database } from "../connection/database.ts";

/**
 * Tables of which the reader sees fewer rows than there are, in words. Both count in the same snapshot, so that a row that
 * comes or goes at the same time makes no difference.
 * @param options.tables quoted and qualified; small ones, of which this role sees every row
 */
export async function hiddenRows(
  database: Database,
  options: { login: string; password: string; tables: readonly string[] },
): Promise<string[]> {
  const { login, password, tables } = options;
  if (tables.length === 0) return [];
  const counts = `select jsonb_build_array(${tables.map((table) => `(select count(*) from ${table})`).join(", ")}) as counts`;
  return database.pool.begin("isolation level repeatable read read only", async (own) => {
    const [row] = await own<{ snapshot: string }[]>`select pg_export_snapshot() as snapshot`;
    const all = await own.unsafe<{ counts: number[] }[]>(counts);
    const seen = await database.fresh(
      (sql) =>
        sql.begin("isolation level repeatable read read only", async (transaction) => {
          await transaction.unsafe(`set transaction snapshot ${literal(row?.snapshot ?? "")}`);
          return transaction.unsafe<{ counts: number[] }[]>(counts);
        }),
      { user: login, password },
    );
    return tables.flatMap((table, index) => {
      const [there, here] = [all[0]?.counts[index], seen[0]?.counts[index]];
      if (there === here) return [];
      return [`the reader counts ${here} of ${there} rows of ${table}: row-level security hides the others`];
    });
  });
}
