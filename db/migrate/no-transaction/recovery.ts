import { literal } from "../../connection/literal.ts";
import type { HeldSession } from "../held-session.ts";
import type { Statement } from "../statement-list.ts";

/** How a statement of a no-transaction file runs, and what can be found out about it after an interruption. */
export type Kind =
  /** In a transaction together with its record. */
  | { kind: "inside" }
  /** Outside, and the catalogs tell whether it took effect. */
  | { kind: "concurrent"; action: "create" | "drop" | "reindex"; index: string; table?: string }
  /** Outside, and harmless to run again. */
  | { kind: "repeatable" };

/** `done`: it took effect. `again`: it did not, or what it left is removed. `unknown`: nothing shows which. */
export type Recovery = "done" | "again" | "unknown";

const name = String.raw`((?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+))?)`;
const createIndex = new RegExp(
  String.raw`^create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?${name}\s+on\s+(?:only\s+)?${name}`,
  "i",
);
const dropIndex = new RegExp(
  String.raw`^drop\s+index\s+concurrently\s+(?:if\s+exists\s+)?${name}\s*(?:cascade|restrict)?\s*$`,
  "i",
);
const reindex = new RegExp(String.raw`^reindex\s+(?:\([^)]*\)\s*)?index\s+concurrently\s+${name}\s*$`, "i");
const repeatable = /^(?:VACUUM|ANALYZE|CHECKPOINT|ALTER SYSTEM|CLUSTER)\b/;

/** Tells how a unit of a no-transaction file is to be run. */
export function kindOf(statement: Statement): Kind {
  if (statement.group) return { kind: "inside" };
  const created = createIndex.exec(statement.text);
  if (created?.[1] && created[2]) return { kind: "concurrent", action: "create", index: created[1], table: created[2] };
  const dropped = dropIndex.exec(statement.text);
  if (dropped?.[1]) return { kind: "concurrent", action: "drop", index: dropped[1] };
  const rebuilt = reindex.exec(statement.text);
  if (rebuilt?.[1]) return { kind: "concurrent", action: "reindex", index: rebuilt[1] };
  return repeatable.test(statement.words.join(" ")) ? { kind: "repeatable" } : { kind: "inside" };
}

/** Reads what an interrupted statement left, and removes a wreck. */
export async function recover(session: HeldSession, kind: Kind, report: (action: string) => void): Promise<Recovery> {
  if (kind.kind === "repeatable") return "again";
  if (kind.kind === "inside") return "unknown";
  const [found] = await session.send(lookUp(kind));
  if (kind.action === "drop") return found ? "again" : "done";
  if (kind.action === "create" && found?.valid === true) {
    report(`index ${String(found.name)} is there and valid: recorded as done`);
    return "done";
  }
  await dropInvalid(session, kind, report);
  return "again";
}

/** Removes an invalid index that stands where this statement wants to build one. */
export async function dropInvalid(session: HeldSession, kind: Kind, report: (action: string) => void): Promise<void> {
  if (kind.kind !== "concurrent" || kind.action === "drop") return;
  for (const wreck of await invalidIndexes(session, kind)) {
    report(`index ${wreck} was left invalid: dropped, to be built again`);
    await session.send(`drop index concurrently if exists ${wreck}`);
  }
}

/** Qualified names of invalid indexes that a statement left where it builds. */
export async function invalidIndexes(
  session: HeldSession,
  kind: Extract<Kind, { kind: "concurrent" }>,
): Promise<string[]> {
  if (kind.action === "drop") return [];
  const rows = await session.send(kind.action === "create" ? lookUp(kind, abandoned) : leftovers(kind.index));
  return rows.map(({ name: index }) => String(index));
}

// Somebody else's build under way is not a wreck.
const abandoned =
  "not valid and not exists (select from pg_catalog.pg_stat_progress_create_index p where p.index_relid = found.oid)";

// An index lives in the schema of its table, whose name the statement gives; those of DROP and REINDEX may be qualified.
function lookUp(kind: Extract<Kind, { kind: "concurrent" }>, condition = "true"): string {
  const place = kind.table
    ? `c.relname = ${lastName(kind.index)} and c.relnamespace = (select relnamespace from pg_catalog.pg_class where oid = to_regclass(${literal(kind.table)}))`
    : `c.oid = to_regclass(${literal(kind.index)})`;
  return (
    "select * from (select c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) as name, i.indisvalid as valid " +
    "from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace " +
    `where ${place}) found where ${condition}`
  );
}

function leftovers(index: string): string {
  return (
    "select pg_catalog.format('%I.%I', n.nspname, c.relname) as name from pg_catalog.pg_index i " +
    "join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace " +
    `join pg_catalog.pg_class whole on whole.oid = to_regclass(${literal(index)}) ` +
    "where not i.indisvalid and c.relnamespace = whole.relnamespace and c.relname ~ ('^' || whole.relname || '_cc(new|old)[0-9]*$')"
  );
}

function lastName(qualified: string): string {
  return `(pg_catalog.parse_ident(${literal(qualified)}))[pg_catalog.array_upper(pg_catalog.parse_ident(${literal(qualified)}), 1)]`;
}
