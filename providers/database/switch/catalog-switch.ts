import { readFileSync } from "node:fs";
import { join } from "node:path";
import { literal } from "../../../db/connection/literal.ts";
import type { Rebuild, Transition } from "../../../db/migrate.ts";

const leaveSql = readFileSync(join(import.meta.dirname, "leave.sql"), "utf8");
const restoreViewsSql = readFileSync(join(import.meta.dirname, "restore-views.sql"), "utf8");
const keepViews = `create temporary table environment_views (
  name text not null, definition text not null, options text not null
) on commit drop`;

/** What switching the catalog does, and what is known before it happens. */
export interface SwitchOptions {
  /** The settings the database is to have. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The yes to dropping rows, as `FROM-to-TO`. */
  readonly discardRows: string | undefined;
}

/**
 * How a catalog switches between `local`, `foreign` and `snapshot`: its tables go, the applied migrations build those of
 * the new mode, and views on them stay what they are. One transaction; rows go only with a yes that names the switch.
 */
export function catalogTransition({ settings, discardRows }: SwitchOptions): Transition {
  return {
    setting: "catalog",
    rebuild({ from, to }) {
      if ((from === "foreign") === (to === "foreign")) return undefined;
      return rebuild({ from: String(from), to: String(to), source: settings.catalog_source, discardRows });
    },
  };
}

/** The switch in the words of a preview. Empty where the mode stays. */
export function foreseenSwitch(before: Readonly<Record<string, unknown>>, wanted: SwitchOptions): string[] {
  const from = String(before.catalog ?? "local");
  const to = String(wanted.settings.catalog ?? from);
  if (from === to) return [];
  const name = `${from}-to-${to}`;
  const yes = wanted.discardRows === name;
  const heading = `the catalog switches from ${from} to ${to}`;
  if (from === "foreign") {
    const filled = to === "snapshot" ? ", filled by its CatalogSnapshot" : ", empty";
    return [`${heading}: its foreign tables become tables of this database${filled}; no row is dropped`];
  }
  if (from === "snapshot" && to === "local") return [`${heading}: tables and rows stay, and are no longer refreshed`];
  const what = to === "snapshot" ? "their rows are replaced by the publisher's" : "its tables are dropped";
  const consent = yes
    ? `their rows go, as discardCatalogRows = ${name} says`
    : `while they hold rows, up refuses this unless discardCatalogRows is ${name}`;
  return [`${heading}: ${what}; ${consent}`];
}

interface Switch {
  readonly from: string;
  readonly to: string;
  readonly source: unknown;
  readonly discardRows: string | undefined;
}

function rebuild({ from, to, source, discardRows }: Switch): Rebuild {
  const given = typeof source === "object" && source !== null ? Reflect.get(source, "localSchema") : undefined;
  const schema = typeof given === "string" ? given : null;
  const wanted = JSON.stringify({ from, to, schema, discardRows: discardRows === `${from}-to-${to}` });
  const say = `select pg_catalog.set_config('environment.switch', ${literal(wanted)}, true)`;
  return { before: [keepViews, say, leaveSql], after: [restoreViewsSql] };
}
