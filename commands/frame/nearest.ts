const FARTHEST = 2;

/** The word of `known` that is spelled most like `word`; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const near = known
    .map((name) => ({ name, distance: distance(word, name) }))
    .filter((found) => found.distance <= FARTHEST && found.distance < found.name.length);
  return near.sort((one, other) => one.distance - other.distance)[0]?.name;
}

/** Letters to insert, delete or replace to make one word of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [index, against] of [...other].entries()) {
      const replaced = (row[index] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
