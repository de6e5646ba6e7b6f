import { type Finding, findingId } from "../finding.ts";
import type { SecurityFacts } from "./security-facts.ts";

/** Where a live database allows, or forbids, other things than one fresh from the same migrations. */
export function compareSecurity(options: {
  live: SecurityFacts;
  expected: SecurityFacts;
  readers: readonly string[];
}): Finding[] {
  const { live, expected, readers } = options;
  const names = [...new Set([...Object.keys(live), ...Object.keys(expected)])].sort();
  return names.flatMap((name): Finding[] => {
    if (
      live[name] === expected[name] ||
      readers.some((reader) => name.includes(` ${reader} `) || name.includes(` ${reader}#`))
    )
      return [];
    const [object = name, aspect] = name.split("#");
    return [
      {
        id: findingId("security", object, aspect),
        layer: "security",
        severity: "high",
        object,
        expected: expected[name] ?? "not so",
        found: live[name] ?? `no longer ${expected[name]}`,
        repair: { how: "hand", safe: false, advice: "Take the privilege back by hand, or say it in a migration." },
      },
    ];
  });
}

/** Leaves out what the schema layer already reports of the same object, so that one change is one finding. */
export function withoutRepetition(security: readonly Finding[], others: readonly Finding[]): Finding[] {
  const reported = others.map(({ object }) => object);
  return security.filter(({ object }) => !reported.some((name) => name === object || name.endsWith(` on ${object}`)));
}
