import type { Sql } from "postgres";
import { MigrationError } from "../errors.ts";
import { type Evidence, judge, type Replay } from "../evidence.ts";
import type { Plan } from "../planned.ts";
import { common, isThere, type LedgerChange, look, type Proposal } from "../repair.ts";

/**
 * Proposes to take over a database whose ledger holds another checkout's migrations: keeps theirs, and records ours of which the
 * live schema shows everything: tables, policies, grants, owners. What shows a part, or nothing that could be seen, is recorded
 * only where later migrations that are recorded changed all of it again, or `accept` names it, and never on a part where it decides who may do what. All else stays pending, to be run. Changes
 * nothing; `differences` is what the caller has to show before asking.
 */
export async function proposeBaseline(
  sql: Sql,
  options: { folder: string; replayed: Replay; accept?: readonly string[] },
): Promise<Proposal> {
  const { accept = [], replayed } = options;
  const found = await look(sql, options.folder);
  const { pending, unknown, edited } = found.planned;
  const strange = accept.filter((tag) => !pending.some((migration) => migration.tag === tag));
  if (strange.length > 0)
    throw new MigrationError(
      "unsupported",
      `--accept names what is not among the pending migrations: ${strange.join(", ")}. Nothing was recorded; db:status lists them.`,
    );
  const proposal: Proposal = { kind: "baseline", changes: [], left: [], ...common(replayed, found) };
  proposal.changes.push(...unknown.map(({ ledgerId, hash }): LedgerChange => ({ action: "keep", ledgerId, hash })));
  for (const { tag, hash, when } of pending) {
    const evidence = judge(tag, replayed, found.live);
    // What a file of the same content made is all that this one makes: it would do it a second time.
    const repeats = evidence.verdict === "unprovable" && isThere(hash, proposal, found);
    const reason = repeats ? undefined : againstRecording(evidence, accept.includes(tag));
    if (reason === undefined) proposal.changes.push({ action: "record", tag, hash, when, evidence });
    else proposal.left.push({ tag, reason, evidence });
  }
  recordFollowed(proposal, { pending, replayed, applied: found.planned.applied.map(({ tag }) => tag) });
  proposal.left.push(...edited.map(({ tag }) => ({ tag, reason: "was edited after it was applied: run db:repair" })));
  return proposal;
}

/**
 * Records what left nothing to see because later migrations, all of them recorded, changed it again: a table made in one schema
 * and moved to another. They show that it ran, and it would make a second one.
 */
function recordFollowed(
  proposal: Proposal,
  about: { pending: Plan["pending"]; replayed: Replay; applied: readonly string[] },
): void {
  const { pending, replayed, applied } = about;
  const recorded = new Set([...applied, ...proposal.changes.flatMap(({ tag }) => tag ?? [])]);
  for (const { tag, hash, when } of [...pending].reverse()) {
    const followers = [...(replayed.followers.get(tag) ?? [])];
    const at = proposal.left.findIndex((each) => each.tag === tag);
    if (at === -1 || followers.length === 0 || !followers.every((each) => recorded.has(each))) continue;
    const [{ evidence } = {}] = proposal.left.splice(at, 1);
    proposal.changes.push({ action: "record", tag, hash, when, evidence, followers });
    recorded.add(tag);
  }
}

/** Why a baseline does not record a migration; undefined where it does. */
function againstRecording({ tag, verdict, shown, of, security }: Evidence, accepted: boolean): string | undefined {
  const part = `${shown} of ${of} shown`;
  switch (verdict) {
    case "applied":
      return undefined;
    case "not applied":
      return accepted ? "not applied, and so not to be accepted: stays pending" : "not applied: stays pending";
    case "unprovable":
      return accepted
        ? undefined
        : `nothing lasting to see: stays pending and runs, unless --accept ${tag} says that it ran`;
    case "partly applied":
      if (security)
        return `${part}, and it decides who may do what: stays pending. Make up for the rest, or take away what is there`;
      return accepted
        ? undefined
        : `${part}: stays pending and may fail on what is there, unless --accept ${tag} says that it ran`;
  }
}
