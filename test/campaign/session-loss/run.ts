import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import type { Relay } from "../../support/relay.ts";
import type { Client, Login, Speaker } from "./clients.ts";
import type { ServerLog } from "./oracle.ts";
import { strayStatements } from "./oracle.ts";
import type { Round, Step, Task } from "./round.ts";

export type Bench = { admin: Sql; relay: Relay; url: string; log: ServerLog; open(login: Login): Client };

/** What a round found; all empty where the client holds. */
type Found = { strays: string[]; wrongRows: string[]; hangs: string[]; unrecovered: string[] };

export type Outcome = Found & { tasks: number; rejected: number; statements: number };

// Longer than the product waits for a connection, on a machine that does other things as well.
const HANG_MS = 30_000;
/** Cursors that ended before their last row without an error. */
const cutShort: string[] = [];

/** Runs one round against a client of its own, and holds what the server did against what was asked. */
export async function runRound(bench: Bench, round: Round, name: string): Promise<Outcome> {
  const client = bench.open({ url: bench.url, max: round.max, prepare: round.prepare });
  const labels = round.tasks.map(({ kind }, index) => `${kind[0]}${name}x${index}`);
  const hangs: string[] = [];
  const results = round.tasks.map(async (task, index) => {
    const label = labels[index] ?? "";
    const done = perform(client, task, label).then(
      () => "resolved" as const,
      () => "rejected" as const,
    );
    const result = await Promise.race([done, sleep(HANG_MS, "hangs" as const, { ref: false })]);
    if (result === "hangs") hangs.push(`${label} never ended: ${JSON.stringify(task)}`);
    return result;
  });
  await Promise.all([...results, ...round.faults.map((fault) => strike(bench, fault))]);
  const unrecovered = await recovered(client, round.max);
  const ended = client.end().then(() => true);
  if (!(await Promise.race([ended, sleep(3000, false, { ref: false })]))) hangs.push(`the pool of ${name} never ended`);
  await bench.admin.unsafe(`select 'end of round ${name}'`);
  const ran = await bench.log.upTo(`end of round ${name}'`);
  const settled = await Promise.all(results);
  return {
    ...{ strays: strayStatements(ran), hangs, unrecovered },
    wrongRows: [...(await wrongRows(bench, round, labels, settled)), ...cutShort.splice(0)],
    ...{ tasks: settled.length, statements: ran.length },
    rejected: settled.filter((one) => one === "rejected").length,
  };
}

async function strike({ admin, relay }: Bench, { at, kind }: Round["faults"][number]): Promise<void> {
  await sleep(at);
  if (kind === "cut") return relay.cut();
  const limit = kind === "terminate one" ? "limit 1" : "";
  await admin.unsafe(`select pg_terminate_backend(pid) from (select pid from pg_stat_activity
    where application_name = 'victim' order by random() ${limit}) as chosen`);
}

async function perform(client: Client, task: Task, label: string): Promise<void> {
  await sleep(task.startsAt);
  if (task.kind === "plain")
    return void (await client.query(`insert into act (label) values ('${label}') /* ${label} */`));
  let kept: Speaker | undefined;
  const work = async (speaker: Speaker): Promise<void> => {
    kept = speaker;
    for (const step of task.steps) await act(speaker, step, task, label);
    if (task.throws) throw new Error("thrown by the caller");
  };
  try {
    if (task.kind === "user") return await client.asUser(label, work);
    const held = await client.reserve();
    try {
      await work(held);
    } finally {
      held.release();
    }
  } finally {
    const later = task.late ? kept?.query(`select 'late' /* ${label} */`) : undefined;
    // Its answer matters to no one; that it is refused shows in the server's log.
    void later?.catch(() => {});
  }
}

async function act(speaker: Speaker, step: Step, task: Task, label: string): Promise<void> {
  try {
    await step1(speaker, step, task, label);
  } catch (error) {
    if (!task.stubborn) throw error;
  }
}

async function step1(speaker: Speaker, step: Step, task: Task, label: string): Promise<void> {
  const mark = `/* ${label} */`;
  const insert = () => speaker.query(`insert into act (label) values ($1) ${mark}`, [label]);
  switch (step.kind) {
    case "pause":
      return sleep(step.ms);
    case "write":
      return void (await insert());
    case "three":
      return void (await Promise.all([insert(), speaker.query(`select 1 ${mark}`), insert()]));
    case "slow":
      return void (await speaker.query(`select pg_sleep(0.015) ${mark}`));
    case "cursor":
    case "slow cursor":
    case "left cursor":
      return readCursor(speaker, step.kind, mark);
    case "wrong":
      return void (await speaker.query(`select 1 / 0 ${mark}`));
    case "unbuilt":
      return void (await Promise.all([speaker.query(`select 2 ${mark}`), speaker.query("select $1", [undefined])]));
    case "idle":
      await speaker.query(`set idle_in_transaction_session_timeout = 8 ${mark}`);
      return sleep(20);
    case "read": {
      const [row] = await speaker.query(`select current_user as role ${mark}`);
      const wanted = task.kind === "user" ? "authenticated" : "postgres";
      if (row?.role !== wanted) throw new Error(`${label} was answered as ${String(row?.role)}`);
      return;
    }
    case "savepoint":
      return speaker.savepoint?.(async (inner) => {
        for (const one of step.steps) await act(inner, one, task, label);
        if (step.fails) throw new Error("thrown in the savepoint");
      });
  }
}

async function readCursor(speaker: Speaker, kind: string, mark: string): Promise<void> {
  const count = await speaker.cursor(`select generate_series(1, 20) ${mark}`, async () => {
    if (kind !== "cursor") await sleep(8);
    return kind !== "left cursor";
  });
  if (kind !== "left cursor" && count !== 20) cutShort.push(`${mark}: ${count} of 20 rows, and no error`);
}

/** Every connection of the pool answers again within three seconds. */
async function recovered(client: Client, max: number): Promise<string[]> {
  let last: unknown;
  for (const deadline = Date.now() + 3000; Date.now() < deadline; await sleep(20)) {
    const asked = Promise.all(Array.from({ length: max }, () => client.query("select 1")));
    const answer = await Promise.race([
      asked.then(
        () => true,
        (error: unknown) => error,
      ),
      sleep(2000, "no answer", { ref: false }),
    ]);
    if (answer === true) return [];
    last = answer;
  }
  return [`the pool of ${max} did not recover: ${String(last)}`];
}

/** Rows that a caller left who was told that it failed, or lacks though it succeeded, or wrote as somebody else. */
async function wrongRows(bench: Bench, round: Round, labels: string[], settled: string[]): Promise<string[]> {
  const rows = await bench.admin<{ label: string; role: string; claims: string | null; transactions: number }[]>`
    select label, role, claims, count(distinct xmin::text)::int as transactions from act group by 1, 2, 3`;
  await bench.admin`truncate act`;
  return rows.flatMap(({ label, role, claims, transactions }) => {
    const index = labels.indexOf(label);
    const task = round.tasks[index];
    if (!task) return [`${label} is no caller of this round`];
    if (task.kind !== "user") return role === "postgres" ? [] : [`${label} wrote as ${role}`];
    const own = role === "authenticated" && claims !== null && (JSON.parse(claims) as { sub?: string }).sub === label;
    if (!own) return [`${label} wrote as ${role} with claims ${claims}`];
    if (task.throws && settled[index] === "resolved") return [`${label} threw, and was told that it succeeded`];
    if (task.throws) return [`${label} threw, and left ${transactions} transactions`];
    return transactions > task.steps.length * 4 ? [`${label} left rows of ${transactions} transactions`] : [];
  });
}
