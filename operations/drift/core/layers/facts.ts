import { type Finding, findingId, type Layer, type Severity } from "../finding.ts";

/** What was read of a database, in words, by object and aspect (`table public.x#owner`). */
export type Facts = Readonly<Record<string, string>>;

/** Where one side says something else than the other; one finding for each object and aspect. */
export function compareFacts(options: {
  readonly live: Facts;
  readonly expected: Facts;
  readonly layer: Layer;
  readonly severity: Severity;
  readonly advice: string;
}): Finding[] {
  const { live, expected, layer, severity, advice } = options;
  const names = [...new Set([...Object.keys(live), ...Object.keys(expected)])].sort();
  return names.flatMap((name): Finding[] => {
    if (live[name] === expected[name]) return [];
    const [object = name, aspect] = name.split("#");
    return [
      {
        id: findingId(layer, object, aspect),
        layer,
        severity,
        object,
        expected: expected[name] ?? "not so",
        found: live[name] ?? `no longer ${expected[name]}`,
        repair: { how: "hand", safe: false, advice },
      },
    ];
  });
}

/** Leaves out what others already report of the same object, so that one change is one finding. */
export function withoutRepetition(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const reported = others.map(({ object }) => object);
  return findings.filter(({ object }) => !reported.some((name) => name === object || name.endsWith(` on ${object}`)));
}
