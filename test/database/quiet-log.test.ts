import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { withQuietLog } from "../../providers/database/foreign/quiet-log.ts";
import { test } from "../support/cloud.ts";
import type { TestDatabase } from "../support/test-cloud.ts";

let database: TestDatabase;
test.beforeAll(async ({ cloud }) => {
  database = await cloud.createDatabase("quiet-log");
});

/** Ends a session in the middle of a statement that a function runs, and answers what the log says since. */
async function endedWith(needle: string, quiet: boolean): Promise<string> {
  const before = (await readFile(database.logFile, "utf8")).length;
  const session = database.connect();
  const [{ pid } = { pid: 0 }] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const statement = `do $$ begin execute 'select pg_sleep(60) /* ' || reverse('${[...needle].reverse().join("")}') || ' */'; end $$`;
  const send = (text: string) => session.unsafe(text);
  await send("begin");
  const work = () => send(statement);
  const ended = (quiet ? withQuietLog(send, work) : work()).catch((error: unknown) => error);
  const waits = () => database.sql`select 1 from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`;
  while ((await waits()).length === 0) await sleep(20);
  await database.sql`select pg_terminate_backend(${pid}, 5000)`;
  expect(await ended).toBeInstanceOf(Error);
  return (await readFile(database.logFile, "utf8")).slice(before);
}

test("a session ended in the middle of a statement with a password leaves none of it in the log", async () => {
  // Without it, the log holds the statement.
  expect(await endedWith("needle-logged", false)).toContain("needle-logged");
  expect(await endedWith("needle-quiet", true)).not.toContain("needle-quiet");
});

test("the log speaks again behind it", async () => {
  const [, level] = await database.sql.begin(async (transaction) => {
    const send = (text: string) => transaction.unsafe(text);
    const inside = await withQuietLog(send, () => send("show log_min_messages"));
    expect(inside).toEqual([{ log_min_messages: "panic" }]);
    return [inside, await send("show log_min_messages")];
  });
  expect(level).toEqual([{ log_min_messages: "warning" }]);
});
