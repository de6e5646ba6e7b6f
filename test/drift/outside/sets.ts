import type { OutsideChange } from "./change.ts";

const MOST = 10;

/** All of a list, in as few sets as may be of at most `size`, in none of which one change says what another says. */
export function inSets(all: readonly OutsideChange[], size: number): OutsideChange[][] {
  const sets: OutsideChange[][] = [];
  for (const change of all) {
    const ids = new Set(change.finds);
    const isOpen = (set: OutsideChange[]) =>
      set.length < size && !set.some(({ finds }) => finds.some((id) => ids.has(id)));
    const open = sets.find(isOpen);
    if (open) open.push(change);
    else sets.push([change]);
  }
  return sets;
}

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
