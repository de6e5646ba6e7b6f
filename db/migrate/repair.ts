import type { Sql } from "postgres";
import { literal } from "../connection/literal.ts";
import { plan, settingsSql } from "./apply.ts";
import { compareSchema, type Difference, type Evidence, judge, type Replay } from "./evidence.ts";
import { type Facts, readFactsAndAccess } from "./facts.ts";
import { alignSql, missingTables, noteSql, rehashSql } from "./ledger.ts";
import type { Plan, UnknownMigration } from "./planned.ts";
import { compareSettings, type DatabaseSettings } from "./settings.ts";
import { locked } from "./under-lock.ts";

/** One change to the ledger, with what speaks for it. Nothing but the ledger and the notes with it is ever changed. */
export type LedgerChange =
  /** The schema shows what this pending migration makes, or what `followers` made of all that it made: record it. */
  | { action: "record"; tag: string; hash: string; when: number; evidence?: Evidence; followers?: string[] }
  /** The schema shows what the edited file makes: record its hash. */
  | { action: "accept-edited"; tag: string; ledgerId: number; hash: string; previousHash: string; evidence: Evidence }
  /** Its file is gone or was never here: keep the row and stop asking. */
  | { action: "keep"; ledgerId: number; hash: string; tag?: string };

/** What was found, and what would be recorded. */
export type Proposal = {
  kind: "repair" | "baseline";
  changes: LedgerChange[];
  /** What stays as it is, and why. */
  left: { tag: string; reason: string; evidence?: Evidence }[];
  /** Where the live schema lacks or alters what this checkout's migrations make. */
  differences: Difference[];
  /** How many of the facts this checkout's migrations make the live schema shows. */
  shown: number;
  of: number;
  /** Ledger rows of another checkout. */
  theirs: UnknownMigration[];
};

type Found = { planned: Plan; live: Facts };

/** Where a database stands, and what it holds. */
export async function look(sql: Sql, folder: string): Promise<Found> {
  return { planned: await plan(sql, { folder }), live: await readFactsAndAccess(sql) };
}

/** What a proposal says besides its changes. */
export function common(
  replayed: Replay,
  { planned, live }: Found,
): Pick<Proposal, "differences" | "shown" | "of" | "theirs"> {
  const differences = compareSchema(replayed, live);
  const of = Object.keys(replayed.final).length;
  return { differences, shown: of - differences.length, of, theirs: planned.unknown };
}

/** Proposes what the ledger should say, from what the live schema shows. Changes nothing. */
export async function proposeRepair(sql: Sql, options: { folder: string; replayed: Replay }): Promise<Proposal> {
  const { folder, replayed } = options;
  const found = await look(sql, folder);
  const proposal: Proposal = { kind: "repair", changes: [], left: [], ...common(replayed, found) };
  for (const { tag, hash, when } of found.planned.pending) {
    const evidence = judge(tag, replayed, found.live);
    // What a file of the same content made is all that this one makes: it would do it a second time.
    const repeats = evidence.verdict === "unprovable" && isThere(hash, proposal, found);
    if (evidence.verdict === "applied" || repeats)
      proposal.changes.push({ action: "record", tag, hash, when, evidence });
    else proposal.left.push({ tag, reason: `${evidence.verdict}: stays pending`, evidence });
  }
  for (const { tag, ledgerId, hash, appliedHash } of found.planned.edited) {
    const evidence = judge(tag, replayed, found.live);
    if (evidence.verdict === "applied") {
      proposal.changes.push({ action: "accept-edited", tag, ledgerId, hash, previousHash: appliedHash, evidence });
    } else
      proposal.left.push({
        tag,
        reason: `the schema does not show what the edited file makes (${evidence.verdict})`,
        evidence,
      });
  }
  for (const { tag, ledgerId, hash } of found.planned.deleted) {
    // Without its file there is nothing to replay; a schema that lacks nothing of ours can do without it.
    if (proposal.differences.length === 0) proposal.changes.push({ action: "keep", ledgerId, hash, tag });
    else
      proposal.left.push({
        tag,
        reason: "its file is gone and the schema differs from this checkout's: restore the file",
      });
  }
  return proposal;
}

/** Whether a file of this content is applied, or about to be recorded. */
export function isThere(hash: string, { changes }: Proposal, { planned }: Found): boolean {
  return [...planned.applied, ...changes].some((each) => each.hash === hash);
}

/**
 * Writes a proposal, under the migration lock and in one transaction, and with it settings that the database was found to be
 * made under. The schema itself is not touched.
 */
export async function recordProposal(
  sql: Sql,
  options: { folder: string; proposal: Proposal; lockWaitMs?: number; settings?: DatabaseSettings },
): Promise<void> {
  await locked(sql, options, async ({ session, state }) => {
    const settings = compareSettings({
      wanted: options.settings,
      stored: state.settings,
      anyApplied: false,
      allowed: [],
    });
    const tables = missingTables(state.exists, { settings: settings.length > 0 });
    const texts = [
      ...settingsSql(settings),
      ...options.proposal.changes.map((change) => changeSql(change, options.proposal.kind)),
    ];
    if (texts.length === 0) return;
    try {
      const before = [...(tables === undefined ? [] : [tables]), ...(state.rows.length > 0 ? [alignSql] : [])];
      await session.send(`begin; ${[...before, ...texts].join("; ")}; commit`);
    } catch (error) {
      if (session.open) await session.send("rollback");
      throw error;
    }
  });
}

function changeSql(change: LedgerChange, kind: Proposal["kind"]): string {
  const hash = literal(change.hash);
  if (change.action === "record") {
    return (
      `with recorded as (insert into drizzle.__drizzle_migrations (hash, created_at) select ${hash}, ${change.when} ` +
      `where not exists (select from drizzle.__drizzle_migrations where hash = ${hash} and created_at = ${change.when}) returning id) ` +
      "insert into environment.migration_history (ledger_id, hash, tag, accepted) " +
      `select id, ${hash}, ${literal(change.tag)}, '${kind}' from recorded`
    );
  }
  const { ledgerId, tag } = change;
  const note = { ledgerId, hash: change.hash, accepted: kind, ...(tag === undefined ? {} : { tag }) };
  return change.action === "accept-edited" ? rehashSql({ ...note, previousHash: change.previousHash }) : noteSql(note);
}
