import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { literal } from "../../../db/connection/literal.ts";
import { endStrangersSql } from "../../../db/migrate/strangers.ts";
import type { DriverAnswer } from "../connection/error.ts";
import { answerOf } from "../connection/explain.ts";
import { keyOf } from "../connection/key.ts";
import { missingFoundation, type Source } from "../foreign/source.ts";
import { copyTables, forgetCopies, type Report } from "./copy.ts";
import { type CopyPlan, planCopy } from "./plan.ts";
import { goneTables, readRecord, type SnapshotRecord } from "./record.ts";
import { openRemote } from "./remote.ts";
import { type HeldSession, nameList, one, withSession } from "./session.ts";
import { swapIn } from "./swap.ts";

/** How long to wait for another copy to end: a backend whose client was killed ends within a second or two. */
const LOCK_WAIT_MS = 60_000;

/** What a snapshot is taken of. */
export interface WantedSnapshot extends Source {
  tables: string[];
  generation: number;
  /** Rows that are no copy may be replaced. */
  mayDiscard: boolean;
  timeoutSeconds: number;
}

/** Takes a snapshot, or goes on with one that was interrupted. Over one connection, which is used for nothing else. */
export async function takeSnapshot(
  sql: Sql,
  options: { wanted: WantedSnapshot; report: Report; signal: AbortSignal },
): Promise<SnapshotRecord> {
  const missing = await missingFoundation(sql);
  if (missing) throw new Error(`The snapshot cannot be taken: ${missing}.`);
  return withSession(sql, (session) => takeOver(session, options));
}

async function takeOver(
  session: HeldSession,
  options: { wanted: WantedSnapshot; report: Report; signal: AbortSignal },
): Promise<SnapshotRecord> {
  const { wanted, report } = options;
  await takeLock(session, options);
  const before = await readRecord(session.send);
  const held = before?.generation === wanted.generation ? before : undefined;
  const gone = await goneTables(session.send, wanted.localSchema, wanted.tables);
  const tables = wanted.tables.filter((table) => !held || !(table in held.rows) || gone.includes(table));
  if (held && tables.length === 0) return held;
  if (!wanted.mayDiscard) await refuseOwnRows(session, { ...wanted, tables, copied: Object.keys(before?.rows ?? {}) });
  await openRemote(session, { source: wanted, tables, timeoutSeconds: wanted.timeoutSeconds });
  const plan = await planCopy(session, { localSchema: wanted.localSchema, tables });
  for (const note of plan.notes) report.done(note);
  return copyAndSwap(session, { ...options, plan, held });
}

async function takeLock(
  session: HeldSession,
  { report, signal }: { report: Report; signal: AbortSignal },
): Promise<void> {
  const key = keyOf("environment.catalog_snapshot");
  for (const deadline = Date.now() + LOCK_WAIT_MS; ; await sleep(500, undefined, { signal })) {
    if ((await one(session, `select pg_catalog.pg_try_advisory_lock(${key}) as mine`)).mine) return;
    await session.send(endStrangersSql(key));
    if (Date.now() > deadline) {
      throw new Error(
        "The snapshot was not begun: another session copies this catalog. Wait until it ends, then run up again.",
      );
    }
    report.busy("waiting for another copy of this catalog to end");
  }
}

/** Rows that no snapshot brought are somebody's own. */
async function refuseOwnRows(
  session: HeldSession,
  options: { localSchema: string; tables: readonly string[]; copied: readonly string[] },
): Promise<void> {
  const filled: string[] = [];
  const own = options.tables.filter((name) => !options.copied.includes(name));
  const there = await session.send(`
    select format('%I.%I', ${literal(options.localSchema)}, t) as relation from unnest(${nameList(own)}) t
    where to_regclass(format('%I.%I', ${literal(options.localSchema)}, t)) is not null`);
  for (const { relation } of there) {
    if ((await one(session, `select exists (select from ${relation}) as filled`)).filled) filled.push(String(relation));
  }
  if (filled.length === 0) return;
  throw new Error(
    `The snapshot would replace rows that are no copy: ${filled.join(", ")}. Nothing was changed. ` +
      "If these rows may go, say so by name: discardCatalogRows = local-to-snapshot in the configuration of the stack; else empty the tables or keep the catalog local.",
  );
}

async function copyAndSwap(
  session: HeldSession,
  options: {
    wanted: WantedSnapshot;
    plan: CopyPlan;
    held: SnapshotRecord | undefined;
    report: Report;
    signal: AbortSignal;
  },
): Promise<SnapshotRecord> {
  const { wanted, plan, held, report, signal } = options;
  const { localSchema, server, generation } = wanted;
  for (let attempt = 1; ; attempt++) {
    const rows = await copyTables(session, { tables: plan.tables, generation, report, signal });
    report.busy("checking keys and putting the tables in place");
    const record: SnapshotRecord = {
      generation,
      takenAt: new Date().toISOString(),
      rows: { ...held?.rows, ...rows },
      unpublished: plan.unpublished,
      notes: [...new Set([...(held?.notes ?? []), ...plan.notes])],
    };
    try {
      await swapIn(session, { localSchema, server, tables: plan.tables, record });
      const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
      report.done(`keys hold; ${total} rows of ${plan.tables.length} tables put in place`);
      return record;
    } catch (error) {
      const answer = answerOf(error);
      // The publisher's tables changed between the copies of two of them: taken once more, they fit.
      if (answer?.code !== "23503" || attempt > 1) throw answer?.code.startsWith("23") ? misfit(answer) : error;
      report.done(`the publisher changed during it (${answer.message}): copying once more`);
      await forgetCopies(
        session,
        plan.tables.map(({ name }) => name),
      );
    }
  }
}

function misfit({ code, message, detail }: DriverAnswer): Error {
  return new Error(
    `The snapshot is copied and does not fit the tables here: SQLSTATE ${code}: ${message}${detail ? ` (${detail})` : ""}. ` +
      "The rows before it stay in place. A migration of this environment that Production's rows contradict would fail there, too: change it, then run up again.",
  );
}
