import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Finding, LAYERS, type Layer } from "../../operations/drift/core/finding.ts";
import { runStatements } from "../../operations/drift/core/repair.ts";
import type { StackResult } from "../../operations/drift/core/result.ts";
import type { Change, Mutation, Where } from "./mutations/mutation.ts";
import type { Pair } from "./pair.ts";

/** How one mutation, or some that were made together, went. Empty lists: as they are to be. */
export interface Outcome {
  readonly names: readonly string[];
  /** Findings that had to be there and were not. */
  readonly missed: readonly string[];
  /** Unexpected findings. */
  readonly beyond: readonly string[];
  /** What was still found after the repair, or why there was none. */
  readonly left: readonly string[];
  readonly seconds: number;
}

/** What a check has to say about a mutation, a line each. */
export function expectedOf({ on, finds, unreachable = [] }: Mutation): string[] {
  return [
    ...finds.map(({ on: other = on, layer, object }) => `${other}: ${layer}: ${object}`),
    ...unreachable.map((layer) => `${on}: ${layer} unreachable`),
  ];
}

/** Makes the changes, looks, takes them back, and looks again. */
export async function mutate(pair: Pair, together: readonly Mutation[]): Promise<Outcome> {
  const started = performance.now();
  await makeAll(pair, together);
  const results = await look(pair, together, LAYERS);
  const expected = together.flatMap(expectedOf);
  const found = results.flatMap(saidOf);
  const left = await takeBack(pair, together, results).then(
    async () => (await look(pair, together, LAYERS)).flatMap(saidOf),
    (error: unknown) => [`not repaired: ${error instanceof Error ? error.message : String(error)}`],
  );
  return {
    names: together.map(({ name }) => name),
    missed: without(expected, found),
    beyond: without(found, expected),
    left,
    seconds: (performance.now() - started) / 1000,
  };
}

/** What is in one list and not in the other, where each counts as often as it is there. */
function without(one: readonly string[], other: readonly string[]): string[] {
  const rest = [...other];
  return one.filter((text) => {
    const at = rest.indexOf(text);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

export function isAsExpected({ missed, beyond, left }: Outcome): boolean {
  return missed.length + beyond.length + left.length === 0;
}

function touched(mutations: readonly Mutation[]): Where[] {
  const names = mutations.flatMap(({ on, finds }) => [on, ...finds.map((one) => one.on ?? on)]);
  return [...new Set(names)].sort().reverse();
}

/** Looks at every stack on which the changes are to be seen. */
export async function look(
  pair: Pair,
  together: readonly Mutation[],
  layers: readonly Layer[],
): Promise<StackResult[]> {
  const results: StackResult[] = [];
  // One after the other: a process works for one organization of the local cloud at a time.
  for (const stack of touched(together)) results.push(await pair.check(stack, layers));
  return results;
}

/** What a check said of a stack, a line each. */
export function saidOf({ stack, findings, layers, reason }: StackResult): string[] {
  return [
    ...findings.map(({ layer, object }) => `${stack}: ${layer}: ${object}`),
    ...layers.flatMap(({ layer, status }) => (status === "unreachable" ? [`${stack}: ${layer} unreachable`] : [])),
    ...(reason ? [`${stack}: ${reason}`] : []),
  ];
}

export async function makeAll(pair: Pair, together: readonly Mutation[]): Promise<void> {
  for (const { on, before } of together) if (before) await (await pair.sql(on)).unsafe(before);
  for (const { on, change } of together) for (const one of [change].flat()) await make(pair, on, one);
}

async function make(pair: Pair, on: Where, change: Change): Promise<void> {
  if ("sql" in change) await (await pair.sql(on, change.platform ? "platform" : "postgres")).unsafe(change.sql);
  else if ("method" in change) await pair.api(on, change);
  else if ("config" in change) await pair.configure(on, change.config);
  else await writeFile(join(pair.dataDir, change.file), change.content);
}

/** Takes the changes back, with the statements that the findings of `results` offer where a mutation says so. */
export async function takeBack(
  pair: Pair,
  together: readonly Mutation[],
  results: readonly StackResult[],
): Promise<void> {
  for (const { on, back } of together) {
    if (typeof back === "string") continue;
    for (const change of [back].flat()) await make(pair, on, change);
  }
  for (const { stack, findings } of results) {
    const offered = findings.filter((finding) => isRepaired(finding, stack, together));
    if (offered.length > 0) await runStatements(await pair.sql(stack as Where, "postgres"), offered);
  }
  for (const on of ["prod", "preview"] as const) {
    if (together.some((mutation) => mutation.on === on && mutation.back === "up")) await pair.up(on);
  }
  for (const { on, after } of together) if (after) await (await pair.sql(on)).unsafe(after);
}

function isRepaired({ layer, object }: Finding, stack: string, together: readonly Mutation[]): boolean {
  return together.some(
    ({ on, back, finds }) =>
      back === "repair" &&
      finds.some((one) => (one.on ?? on) === stack && one.layer === layer && one.object === object),
  );
}
