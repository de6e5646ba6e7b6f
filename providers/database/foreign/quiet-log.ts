import type { HeldSession } from "../snapshot/session.ts";

/**
 * Runs `work`, inside a transaction, while the server's log is told nothing of it. A session that is ended (57P01) or waits for
 * a lock (log_lock_waits) is logged with the statement a function was running then, text and all; where that holds a
 * password, no handler can keep it back. A platform that does not let this role change log_min_messages logs as before.
 */
export async function withQuietLog<Result>(send: HeldSession["send"], work: () => Promise<Result>): Promise<Result> {
  const [found] = await send(
    "select current_setting('log_min_messages') as level, has_parameter_privilege('log_min_messages', 'SET') as may",
  );
  if (found?.may !== true) return work();
  await send("set local log_min_messages = 'panic'");
  const result = await work();
  await send(`set local log_min_messages = '${String(found.level)}'`);
  return result;
}
