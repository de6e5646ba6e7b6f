import { type Finding, type Layer, SEVERITIES, type Severity } from "../finding.ts";

/** Findings of one layer about objects of one kind, in the order they came. */
export interface Group {
  readonly layer: Layer;
  /** First word of the objects, as `index`. */
  readonly kind: string;
  readonly findings: readonly Finding[];
  /** The worst of them that is not accepted; the worst of all where all are. */
  readonly severity: Severity;
}

/** Findings by layer and kind, in the order each first came: what is urgent first, where they were sorted so. */
export function grouped(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.layer} ${finding.object.split(" ", 1)[0]}`;
    const group = groups.get(key) ?? [];
    group.push(finding);
    groups.set(key, group);
  }
  return [...groups.entries()].map(([key, members]) => {
    const [first] = members;
    const open = members.filter(({ accepted }) => !accepted);
    const held = new Set((open.length > 0 ? open : members).map(({ severity }) => severity));
    return {
      layer: first?.layer ?? "schema",
      kind: key.slice(key.indexOf(" ") + 1),
      findings: members,
      severity: [...SEVERITIES].reverse().find((one) => held.has(one)) ?? "low",
    };
  });
}

/** How many of each severity there are, as `3 high, 20 low`; accepted ones apart. */
export function countsOf(findings: readonly Finding[]): string {
  const parts = [...SEVERITIES].reverse().map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity && !finding.accepted).length;
    return [count, severity] as const;
  });
  const accepted = findings.filter((finding) => finding.accepted).length;
  return [...parts, [accepted, "accepted"] as const]
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(", ");
}
