import type { CheckFailure, Properties } from "./kind.ts";

/**
 * A refused input as the engine is to show it. The engine prints the value of a property that a failure names, so a failure
 * names one only where that value is there to be seen: for secrets, for parts of a value, and for what is missing, the
 * name stands in the reason.
 */
export function shownFailure(failure: CheckFailure, inputs: Properties, secrets: ReadonlySet<string>): CheckFailure {
  const { property, reason } = failure;
  if (property === "") return failure;
  const top = property.split(/[.[]/)[0] ?? property;
  const value = inputs[property];
  const isShown = property === top && !secrets.has(top) && value !== undefined && value !== null;
  return isShown ? failure : { property: "", reason: `${property}: ${reason}` };
}
