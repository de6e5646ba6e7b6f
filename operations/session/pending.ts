import { existsSync } from "node:fs";
import { readJournal } from "../../db/migrate/journal.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { migrationsFolder } from "../../engine/paths.ts";

/** Tags of this checkout's migrations that the stack's last operation did not find applied; none where it has none. */
export async function pendingMigrations(stack: Pick<EnvironmentStack, "resources">): Promise<string[]> {
  const recorded = (await stack.resources()).find(({ type }) => type === "database:index:Migrations")?.outputs;
  if (!recorded) return [];
  const applied = new Set(Array.isArray(recorded.applied) ? recorded.applied.map(({ tag }) => String(tag)) : []);
  // A state written on another machine names a folder of that machine.
  const own = String(recorded.folder);
  const folder = existsSync(own) ? own : migrationsFolder;
  return readJournal(folder).migrations.flatMap(({ tag }) => (applied.has(tag) ? [] : [tag]));
}

/** What a command that deploys none says of them; nothing where there are none. */
export function pendingLines(pending: readonly string[]): string[] {
  if (pending.length === 0) return [];
  return [`${pending.length} migration${pending.length === 1 ? " stays" : "s stay"} pending: ${pending.join(", ")}`];
}
