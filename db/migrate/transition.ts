import type { Journal } from "./journal.ts";
import type { AppliedMigration } from "./planned.ts";
import { contradictions, type JsonValue, type SettingChange } from "./settings.ts";

/** SQL around the statements that run again, in the one transaction that stores the setting. */
export type Rebuild = { readonly before: readonly string[]; readonly after: readonly string[] };

/**
 * How a database goes from one value of a setting that migrations branch on to another, after they ran. Without it such a
 * change is refused.
 */
export type Transition = {
  /** Name of the setting; migrations ask for its value with `environment.NAME_mode()`. */
  readonly setting: string;
  /** What to do, or undefined where both values build the same. */
  readonly rebuild: (change: { readonly from: JsonValue; readonly to: JsonValue }) => Rebuild | undefined;
};

/**
 * The SQL before and after storing the setting: `before`, then what applied migrations build under the new value, then
 * `after`. That is every DO block that asks for the setting, in the order of the journal.
 */
export function transitionSql(
  transition: Transition | undefined,
  state: { readonly changes: readonly SettingChange[]; readonly applied: readonly AppliedMigration[] },
  journal: Journal,
): Rebuild {
  const { changes, applied } = state;
  const change = contradictions(changes, applied.length > 0).find(({ name }) => name === transition?.setting);
  const rebuild = change && transition?.rebuild(change);
  if (!rebuild || !transition) return { before: [], after: [] };
  return { before: rebuild.before, after: [...branches(transition.setting, applied, journal), ...rebuild.after] };
}

function branches(setting: string, applied: readonly AppliedMigration[], journal: Journal): string[] {
  const asks = new RegExp(`\\benvironment\\.${setting}_mode\\s*\\(`);
  const tags = new Set(applied.map(({ tag }) => tag));
  return journal.migrations
    .filter(({ tag }) => tags.has(tag))
    .flatMap(({ statements }) => [...statements].map(({ text }) => text))
    .filter((text) => asks.test(text) && /^(\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*do\b/i.test(text));
}
