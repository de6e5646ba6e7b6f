import type { Row, Sql } from "postgres";
import { literal } from "../../../db/connection/literal.ts";
import { type HeldSession, holdSession } from "../../../db/migrate/held-session.ts";

export type { HeldSession };

/** Runs `work` on the one connection of `sql`; nothing is sent once it is lost. */
export async function withSession<Result>(sql: Sql, work: (session: HeldSession) => Promise<Result>): Promise<Result> {
  const session = await holdSession(sql);
  try {
    return await work(session);
  } catch (error) {
    if (session.open) throw error;
    throw new Error(
      "The connection to the database was lost while the catalog was copied. Tables that are copied stay copied: run up again, and it goes on from there.",
    );
  } finally {
    await session.close();
  }
}

/** Runs `work` in a transaction. */
export async function transaction<Result>(session: HeldSession, work: () => Promise<Result>): Promise<Result> {
  await session.send("begin");
  try {
    const result = await work();
    await session.send("commit");
    return result;
  } catch (error) {
    if (session.open) await session.send("rollback");
    throw error;
  }
}

/** The one row of a query. */
export async function one(session: HeldSession, query: string): Promise<Row> {
  const [row] = await session.send(query);
  if (!row) throw new Error("A query of the snapshot answered no row");
  return row;
}

/** Names as a value of type text[]. */
export function nameList(names: readonly string[]): string {
  return `array[${names.map(literal).join(", ")}]::text[]`;
}
