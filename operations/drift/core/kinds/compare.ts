import { type Finding, findingId, type Layer } from "../finding.ts";
import { isPlatformRole } from "./platform-role.ts";
import { keyOf, type Row, rowsBeyond, wordsOf } from "./rows.ts";

/** A row of a project at birth, and how sure it is to be there. */
export interface BirthRow extends Row {
  /** `always`: in every project; `maybe`: in some. */
  readonly certainty: "always" | "maybe";
}

/** What rows are held against. */
export interface Expectation {
  readonly birth: readonly BirthRow[];
  /** What the migrations changed, as a shadow shows it. */
  readonly added: readonly Row[];
  readonly removed: readonly Row[];
  /** The platform goes on making objects of its own: those that are not known from birth are no difference. */
  readonly platformGrows: boolean;
}

/** What migrations made of a shadow, on top of what a project is at birth. */
export function expectation(options: {
  readonly birth: readonly BirthRow[];
  readonly born: readonly Row[];
  readonly migrated: readonly Row[];
  readonly platformGrows: boolean;
}): Expectation {
  const { birth, born, migrated, platformGrows } = options;
  const [added, removed] = [rowsBeyond(migrated, born), rowsBeyond(born, migrated)];
  return { birth, added, removed, platformGrows };
}

/** Where a database is not what is expected; one finding for each object and aspect. */
export function compareRows(options: {
  readonly live: readonly Row[];
  readonly expected: Expectation;
  /** What is missing counts only where a migration made it. */
  readonly beyondOnly: boolean;
  readonly layer: Layer;
  readonly advice: string;
}): Finding[] {
  const { live, expected, beyondOnly, layer, advice } = options;
  const { birth, added } = expected;
  const removed = new Set(expected.removed.map(wordsOf));
  const stays = birth.filter((row) => !removed.has(wordsOf(row)));
  const wanted = [...stays.filter(({ certainty }) => certainty === "always" && !beyondOnly), ...added];
  const beyond = rowsBeyond(live, [...stays, ...added]).filter((row) => !isPlatforms(row, expected));
  const lacking = rowsBeyond(wanted, live);
  const about = groupByKey([...beyond, ...lacking]);
  const allowed = groupByKey([...stays.filter(({ certainty }) => certainty === "always"), ...added]);
  const there = groupByKey(live);
  const findings = [...about].map(([key, [row]]) =>
    finding({ layer, advice, row, expected: allowed.get(key) ?? [], found: there.get(key) ?? [] }),
  );
  return collapsed(findings, live);
}

/** What the platform made after the facts were taken, on an object the facts do not know. */
function isPlatforms(row: Row, { birth, added, platformGrows }: Expectation): boolean {
  if (!platformGrows || row.maker === undefined || !isPlatformRole(row.maker)) return false;
  const [, table] = /^column (.+)\.[^.]+$/.exec(row.object) ?? [];
  const names = table ? [`table ${table}`, `view ${table}`] : [row.object];
  return ![...birth, ...added].some(({ object }) => names.includes(object));
}

function groupByKey<One extends Row>(rows: readonly One[]): Map<string, [One, ...One[]]> {
  const groups = new Map<string, [One, ...One[]]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

function finding(options: {
  readonly layer: Layer;
  readonly advice: string;
  readonly row: Row;
  readonly expected: readonly Row[];
  readonly found: readonly Row[];
}): Finding {
  const { layer, advice, row, expected, found } = options;
  const said = (rows: readonly Row[]) =>
    rows.length === 0 ? "not so" : `${row.aspect}: ${[...new Set(rows.map(({ value }) => value))].sort().join(", ")}`;
  return {
    id: findingId(layer, row.object, row.aspect),
    layer,
    severity: "high",
    object: row.object,
    expected: said(expected),
    found: said(found),
    repair: { how: "hand", safe: false, advice },
  };
}

/** An object that came, or is gone altogether, is one finding: what it may and what was granted on it follow. */
function collapsed(all: readonly Finding[], live: readonly Row[]): Finding[] {
  const isArrival = ({ id, expected }: Finding) => id.endsWith("#there") && expected === "not so";
  const came = new Set(all.filter(isArrival).map(({ object }) => object));
  const findings = all.filter((one) => isArrival(one) || !came.has(one.object));
  const there = new Set(live.map(({ object }) => object));
  const gone = new Map<string, Finding>();
  const kept: Finding[] = [];
  for (const one of findings) {
    if (there.has(one.object) || findings.filter(({ object }) => object === one.object).length === 1) kept.push(one);
    else gone.set(one.object, { ...one, id: findingId(one.layer, one.object), expected: "there", found: "not there" });
  }
  return [...kept, ...gone.values()];
}
