import type { Difference } from "../../db/migrate/evidence.ts";
import type { Plan } from "../../db/migrate/planned.ts";
import type { ProgressEvent } from "../../db/migrate/progress.ts";
import type { Proposal } from "../../db/migrate/repair.ts";

const shownDifferences = 40;

/** A plan as lines for people. */
export function planLines(plan: Plan): string[] {
  const order = new Map(plan.outOfOrder.map(({ tag, reason }) => [tag, reason]));
  return [
    `${plan.applied.length} applied, ${plan.pending.length} pending${plan.accepted.length > 0 ? `, ${plan.accepted.length} of another checkout kept` : ""}`,
    ...plan.settings.map(
      ({ name, from, to, change }) =>
        `  setting ${name}: ${JSON.stringify(from ?? null)} -> ${JSON.stringify(to)} (${change})`,
    ),
    ...plan.pending.map(({ tag, transaction, done }) => {
      const notes = [
        transaction ? undefined : "outside transactions",
        done === undefined ? undefined : `interrupted, ${done} statements done`,
        order.has(tag) ? `out of order: ${order.get(tag)}` : undefined,
      ].filter((note) => note !== undefined);
      return `  + ${tag}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`;
    }),
    ...plan.unlisted.map((file) => `  ? ${file} is not in the journal and never runs`),
    ...plan.refusals.map(({ message }) => `  ! ${message}`),
  ];
}

/** An event of a run as a line for people; undefined for what is not worth one. */
export function progressLine(event: ProgressEvent): string | undefined {
  switch (event.kind) {
    case "waiting":
      return `Another run holds the migration lock${event.holder ? `: "${event.holder.application}", pid ${event.holder.pid}` : ""}. Waiting ...`;
    case "statement":
      return event.total > 1 || event.ms > 1000
        ? `    ${event.tag} ${event.statement}/${event.total} ${duration(event.ms)}`
        : undefined;
    case "migration":
      return `  + ${event.tag} ${duration(event.ms)}`;
    case "retry":
      return `    ${event.tag}: ${event.sqlstate}, try ${event.attempt} gave way; again in ${duration(event.inMs)}`;
    case "recovery":
      return `    ${event.tag} statement ${event.statement}: ${event.action}`;
  }
}

/** A proposal as lines for people: the evidence first, then what would be recorded. */
export function proposalLines(proposal: Proposal): string[] {
  const { changes, left, differences, shown, of, theirs } = proposal;
  return [
    `Compared with the live schema: ${shown} of the ${of} things this checkout's migrations make are there as they make them.`,
    ...differences.slice(0, shownDifferences).map(differenceLine),
    ...(differences.length > shownDifferences
      ? [`  ... and ${differences.length - shownDifferences} more (--json shows all)`]
      : []),
    ...(theirs.length > 0 ? [`${theirs.length} rows of the ledger are of another checkout.`] : []),
    changes.length === 0 ? "Nothing to record." : "To be recorded in the ledger (the schema itself is not touched):",
    ...keptLines(changes),
    ...changes.flatMap((change) => {
      if (change.action === "keep" && change.tag === undefined) return [];
      return `  ${change.action} ${change.tag ?? `row ${"ledgerId" in change ? change.ledgerId : ""}`}${evidenceOf(change)}`;
    }),
    ...(left.length > 0 ? ["Left as it is:", ...left.map(({ tag, reason }) => `  ${tag}: ${reason}`)] : []),
  ];
}

function evidenceOf(change: Proposal["changes"][number]): string {
  if ("followers" in change && change.followers)
    return ` (all that it made was changed again by ${change.followers.join(", ")}, recorded as well)`;
  const evidence = "evidence" in change ? change.evidence : undefined;
  return evidence ? ` (${evidence.shown} of ${evidence.of} shown)` : "";
}

/** Rows of another checkout in one line: a grown database has a hundred. */
function keptLines(changes: Proposal["changes"]): string[] {
  const rows = changes.flatMap((change) =>
    change.action === "keep" && change.tag === undefined ? change.ledgerId : [],
  );
  const [first] = rows;
  if (first === undefined) return [];
  return [rows.length === 1 ? `  keep row ${first}` : `  keep ${rows.length} rows, ${first} to ${rows.at(-1)}`];
}

function differenceLine({ name, expected, live }: Difference): string {
  return `  ${live === null ? "-" : expected === null ? "+" : "~"} ${name}: ${cut(expected) ?? "(gone)"}${live === null ? ", not there" : `, there: ${cut(live)}`}`;
}

function cut(definition: string | null): string | null {
  return definition && definition.length > 100 ? `${definition.slice(0, 100)}...` : definition;
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
