import type { OutsideChange } from "./change.ts";

const MOST = 10;

/** 1 to 10 changes of a list, in an order of chance, none of which says what another says. */
export function randomSet(all: readonly OutsideChange[], next: () => number): OutsideChange[] {
  const size = 1 + Math.floor(next() * MOST);
  const chosen: OutsideChange[] = [];
  for (const one of [...all].map((change) => ({ change, at: next() })).sort((a, b) => a.at - b.at)) {
    if (chosen.length === size) break;
    const said = new Set(chosen.flatMap(({ finds }) => finds));
    if (!one.change.finds.some((id) => said.has(id))) chosen.push(one.change);
  }
  return chosen;
}
