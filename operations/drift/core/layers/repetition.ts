import type { Finding } from "../finding.ts";

/**
 * Leaves out what follows from an object that came or went as a whole and that others report, so that one change is one
 * finding. A second change of an object that others report too stays a finding.
 */
export function withoutRepetition(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const whole = others.filter(({ expected, found }) => expected === "not there" || found === "not there");
  const names = new Set(whole.map(({ object }) => object));
  return findings.filter(({ object }) => !names.has(object) && !containersOf(object).some((name) => names.has(name)));
}

const TABLES = ["table", "view", "materialized view", "foreign table"];

/** What an object is a part of: the table of a column, of a trigger. */
function containersOf(object: string): string[] {
  const [, table] = /^(?:column|trigger|policy) (.+)\.[^.]+$/.exec(object) ?? [];
  // Who makes a role becomes a member of it.
  const [, group] = /^membership of postgres in (.+)$/.exec(object) ?? [];
  const [, whole] = /^triggers of (.+)$/.exec(object) ?? [];
  return [
    ...(table ? TABLES.map((kind) => `${kind} ${table}`) : []),
    ...(whole ? [whole] : []),
    ...(group ? [`role ${group}`] : []),
  ];
}
