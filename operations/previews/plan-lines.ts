import type { MigrationEffect } from "../review/analysis.ts";

/** What new migrations do, as lines for a terminal. */
export function planLines(effects: readonly MigrationEffect[]): string[] {
  if (effects.length === 0) return ["No new migrations."];
  return effects.flatMap(({ tag, locks, destructive }) => [
    `+ ${tag}`,
    ...(locks ?? []).map(({ table, mode }) => `    locks ${table} ${mode}`),
    ...destructive.map((text) => `    destructive: ${text}`),
  ]);
}
