import { z } from "zod";
import { LAYERS, type Layer } from "./finding.ts";
import type { StackResult } from "./result.ts";

const line = z.object({
  /** When the run started, ISO 8601. */
  at: z.string(),
  stack: z.string(),
  // Lines of versions before 0.2 say "unread" for "unreachable".
  status: z.preprocess(
    (held) => (held === "unread" ? "unreachable" : held),
    z.enum(["clean", "drift", "unreachable", "busy"]),
  ),
  /** Layers that were read. */
  layers: z.array(z.enum(LAYERS)),
  /** When each finding was first found without a break, by id. */
  findings: z.record(z.string(), z.string()),
  seconds: z.number(),
});

/** What is kept of one look at one stack. */
export type HistoryLine = z.infer<typeof line>;

/** Lines kept of each stack when the file is shortened. */
const KEPT = 100;

/** Reads JSON lines, oldest first. A line that was cut off, or is of another version, counts as missing. */
export function parseHistory(text: string): HistoryLine[] {
  return text.split("\n").flatMap((one) => {
    if (one.trim() === "") return [];
    try {
      const parsed = line.safeParse(JSON.parse(one));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

/** One line for each result that says anything, ready to be appended. */
export function historyLines(results: readonly StackResult[], at: string): string {
  return results
    .filter(({ status }) => status !== "busy")
    .map(({ stack, status, layers, findings, seconds }) => {
      const read = layers.filter((each) => each.status === "checked").map(({ layer }) => layer);
      const since = Object.fromEntries(findings.map((finding) => [finding.id, finding.since ?? at]));
      return `${JSON.stringify({ at, stack, status, layers: read, findings: since, seconds } satisfies HistoryLine)}\n`;
    })
    .join("");
}

/** Says of every finding since when it has been found, without a look at its layer that did not find it. */
export function withSince(results: readonly StackResult[], history: readonly HistoryLine[], at: string): StackResult[] {
  const last = new Map<string, HistoryLine>();
  for (const each of history) for (const layer of each.layers) last.set(key(each.stack, layer), each);
  return results.map((result) => ({
    ...result,
    findings: result.findings.map((finding) => ({
      ...finding,
      since: last.get(key(result.stack, finding.layer))?.findings[finding.id] ?? at,
    })),
  }));
}

function key(stack: string, layer: Layer): string {
  return `${layer} ${stack}`;
}

/**
 * The newest lines of each stack, in the order they were: as many as `bytes` have room for, at most {@link KEPT} of
 * each. The newest look at every layer of every stack stays whatever its size: since when a finding is there is known
 * from it.
 */
export function shortened(history: readonly HistoryLine[], bytes: number): string {
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  let room = bytes;
  const kept: string[] = [];
  for (const each of [...history].reverse()) {
    const text = `${JSON.stringify(each)}\n`;
    const isNewest = each.layers.some((layer) => !seen.has(key(each.stack, layer)));
    for (const layer of each.layers) seen.add(key(each.stack, layer));
    const count = (counts.get(each.stack) ?? 0) + 1;
    const size = Buffer.byteLength(text);
    if (!isNewest && (count > KEPT || size > room)) continue;
    counts.set(each.stack, count);
    room -= size;
    kept.push(text);
  }
  return kept.reverse().join("");
}
