import { lockHolder } from "../../../db/migrate/lock.ts";
import type { DatabaseLogin } from "../../session/login.ts";
import { readOnly } from "./target.ts";

/** Who applies migrations right now, by the runner's advisory lock; undefined where no run does. */
export function migrationUnderWay(target: DatabaseLogin): Promise<string | undefined> {
  return readOnly(target, async (sql) => {
    const holder = await lockHolder({ send: (text) => sql.unsafe(text) });
    // A login that only reads may take any key, and says nothing by it.
    if (!holder || holder.stranger) return undefined;
    const { application, pid, user, since } = holder;
    return `migrations are being applied by "${application}" (pid ${pid}, role ${user}), connected since ${since}`;
  });
}
