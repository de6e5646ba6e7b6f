/**
 * The known name that takes the fewest changed, added or left out letters to become `word`, whatever their case
 * (Levenshtein). With `farthest`, undefined where none takes at most that many, nor fewer than it has letters.
 */
export function nearest(word: string, known: readonly string[], farthest?: number): string | undefined {
  const near = known
    .map((name) => ({ name, distance: distance(word.toLowerCase(), name.toLowerCase()) }))
    .filter((found) => farthest === undefined || found.distance <= Math.min(farthest, found.name.length - 1));
  return near.sort((one, other) => one.distance - other.distance)[0]?.name;
}

function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (const [column, wanted] of [...to].entries()) {
      const changed = (row[column] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
