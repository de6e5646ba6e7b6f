import type { Finding } from "../finding.ts";
import { compareFacts, type Facts } from "./facts.ts";

/** Where a live database allows, or forbids, other things than one fresh from the same migrations. */
export function compareSecurity(options: { live: Facts; expected: Facts; readers: readonly string[] }): Finding[] {
  const { live, expected, readers } = options;
  return compareFacts({
    live,
    expected,
    layer: "security",
    severity: "high",
    advice: "Take the privilege back by hand, or say it in a migration.",
  }).filter(({ object }) => !readers.some((reader) => object.split(" ").includes(reader)));
}
