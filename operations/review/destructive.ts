import type { Migration } from "../../db/migrate/journal.ts";

const forms: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /\bdrop\s+(table|foreign\s+table|schema|materialized\s+view|sequence)\b/i, what: "drops" },
  { pattern: /\bdrop\s+column\b/i, what: "drops a column" },
  { pattern: /\btruncate\b/i, what: "empties" },
  { pattern: /\bdelete\s+from\b/i, what: "deletes rows" },
  { pattern: /\balter\s+(column\s+)?\S+\s+(set\s+data\s+)?type\b/i, what: "rewrites a column's type" },
  { pattern: /\bdrop\s+(type|domain|extension|database|owned|server)\b/i, what: "drops" },
  { pattern: /\bupdate\s+(?!.*\bwhere\b)\S+\s+set\b/is, what: "updates every row" },
];

const LONGEST = 160;

/** The statements of a migration that take data away, or may, each with the reason. Errs on yes. */
export function destructiveStatements(migration: Pick<Migration, "statements">): string[] {
  return [...migration.statements].flatMap(({ text }) => {
    const bare = text
      .replaceAll(/--[^\n]*/g, "")
      .replaceAll(/\/\*[\s\S]*?\*\//g, "")
      .replaceAll(/\s+/g, " ")
      .trim();
    const found = forms.find(({ pattern }) => pattern.test(bare));
    return found ? [`${found.what}: ${bare.length > LONGEST ? `${bare.slice(0, LONGEST)}...` : bare}`] : [];
  });
}

/** What each of the texts of {@link destructiveStatements} and the analysis begins with, and how often it is there. */
export function byKind(destructive: readonly string[]): Map<string, number> {
  const counted = new Map<string, number>();
  for (const text of destructive) {
    const kind = /^(takes away \w+|[^:]*)/.exec(text)?.[0] ?? text;
    counted.set(kind, (counted.get(kind) ?? 0) + 1);
  }
  return counted;
}
