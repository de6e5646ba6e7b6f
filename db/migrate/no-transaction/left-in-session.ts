import type { Migration } from "../journal.ts";
import type { Progress } from "../ledger.ts";
import { settingsOf } from "./file-settings.ts";

/** Stands for what a statement left where no look was possible. */
export const unseen = "nothing or something (the server went down right behind it)";

const setting = "set ";
const identities = new Set(["the role", "the session authorization"]);

/** What finished statements left in their session that a new one cannot be given, each with the step that left it. */
export function lostWithSession({ statements }: Migration, steps: readonly Progress[]): Map<string, Progress> {
  const lost = new Map<string, Progress>();
  for (const step of [...steps].sort((one, other) => one.statement - other.statement)) {
    const statement = statements.at(step.statement);
    const says = statement !== undefined && settingsOf(statement).length > 0;
    for (const [name, there] of Object.entries(step.left ?? {})) {
      if (name.startsWith(setting) || (says && identities.has(name))) continue;
      if (there) lost.set(name, step);
      else lost.delete(name);
    }
  }
  return lost;
}
