import type { Database } from "../connection/database.ts";
import { answerOf } from "../connection/explain.ts";
import { hiddenRows } from "./hidden-rows.ts";
import type { Live } from "./live.ts";

/** Rows hidden from the reader; where it cannot count, what keeps it from that is among the differences already. */
export async function countHidden(
  database: Database,
  live: Live,
  reader: { login: string; password: string },
): Promise<string[]> {
  const tables = live.countable.filter((table) => !live.unreadable.some(({ name }) => name === table));
  if (!live.usage) return [];
  try {
    return await hiddenRows(database, { ...reader, tables });
  } catch (error) {
    const answer = answerOf(error);
    if (!answer) throw error;
    return [`the rows the reader sees could not be counted: SQLSTATE ${answer.code}: ${answer.message}`];
  }
}
