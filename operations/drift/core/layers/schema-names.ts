import type { Delta, StableId } from "@supabase/pg-delta";

const WORDS: Record<string, string> = {
  materializedView: "materialized view",
  foreignTable: "foreign table",
  eventTrigger: "event trigger",
  typeAttribute: "attribute",
  publicationRel: "publication table",
  publicationSchema: "publication schema",
};

/** Kind and qualified name of an object as a person says it. */
export function objectName(id: StableId): string {
  switch (id.kind) {
    case "acl":
      return `grant to ${id.grantee} on ${objectName(id.target)}${id.column ? ` (${id.column})` : ""}`;
    case "comment":
      return `comment on ${objectName(id.target)}`;
    case "securityLabel":
      return `security label on ${objectName(id.target)}`;
    case "membership":
      return `membership of ${id.member} in ${id.role}`;
    case "userMapping":
      return `mapping of ${id.role} on ${id.server}`;
    default:
      return `${WORDS[id.kind] ?? id.kind} ${qualified(id)}`;
  }
}

function qualified(id: StableId): string {
  const parts = Object.entries(id).flatMap(([name, value]) =>
    name !== "kind" && name !== "args" && typeof value === "string" ? [value] : [],
  );
  return "args" in id ? `${parts.join(".")}(${id.args.join(", ")})` : parts.join(".");
}

/** Both sides in words, from the differences of one object: the first side of a delta is what is expected. */
export function describeDelta(deltas: readonly Delta[]): { expected: string; found: string } {
  if (deltas.some(({ verb }) => verb === "add")) return { expected: "not there", found: "there" };
  if (deltas.some(({ verb }) => verb === "remove")) return { expected: "there", found: "not there" };
  const expected: string[] = [];
  const found: string[] = [];
  for (const delta of deltas) {
    if (delta.verb === "set") {
      const [before, after] = around(text(delta.from), text(delta.to));
      expected.push(`${delta.attr} ${before}`);
      found.push(`${delta.attr} ${after}`);
    } else if ("edge" in delta && delta.edge.kind === "owner") {
      (delta.verb === "link" ? found : expected).push(`owner ${"name" in delta.edge.to ? delta.edge.to.name : "?"}`);
    }
  }
  return { expected: expected.join(", "), found: found.join(", ") };
}

const SHOWN = 160;

/** Two long texts from shortly before the first character in which they differ. */
function around(one: string, other: string): [string, string] {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same++;
  const start = one.length > SHOWN || other.length > SHOWN ? Math.max(0, same - 20) : 0;
  const cut = (whole: string) => {
    const part = whole.slice(start, start + SHOWN);
    return `${start > 0 ? "..." : ""}${part}${start + SHOWN < whole.length ? "..." : ""}`;
  };
  return [cut(one), cut(other)];
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "(none)";
  return (typeof value === "string" ? value : JSON.stringify(value)).replaceAll(/\s+/g, " ");
}
