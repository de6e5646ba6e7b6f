import type { PostgresError } from "postgres";
import { runSettingsSql } from "../lock.ts";
import type { Statement } from "../statement-list.ts";
import { asRunner, attempt, type FileRun, limitsSql, moveSql, recordOne } from "./file-run.ts";
import { resetsAll, settingsOf } from "./file-settings.ts";
import { isWatched, settleSql, watchSql } from "./watch.ts";

/** The statement and its record in one message, which is one transaction: both or neither. */
export async function sendTogether(
  run: FileRun,
  statement: Statement,
  index: number,
): Promise<{ error: PostgresError } | undefined> {
  const watched = isWatched(run, statement, index);
  const record = asRunner(run, recordOne(run, statement, { index, watched }));
  run.settings.push(...settingsOf(statement));
  const set = resetsAll(statement)
    ? `\n; ${runSettingsSql}; ${limitsSql(run)}; ${watchSql(run)}; ${moveSql(run.mark)}`
    : "";
  if (!watched) return attempt(run, { before: `${record}; `, text: statement.text, behind: set });
  const behind = `${set}\n; commit; ${settleSql(run, index)}`;
  return attempt(run, { before: `begin; ${record}; `, text: statement.text, behind });
}
