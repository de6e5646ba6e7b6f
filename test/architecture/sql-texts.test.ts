import { expect, test } from "vitest";
import { longTemplates } from "./sql-texts.ts";

const lines = (count: number): string => "\n  from a".repeat(count - 1);

test("SQL over 12 lines in a template is found, with what stands in its gaps; shorter SQL and other long texts are not", () => {
  expect(longTemplates("a.ts", `const q = sql\`select 1${lines(13)}\`;`)).toEqual([
    "a.ts:1: 13 lines of SQL in a template: they belong in a .sql file",
  ]);
  expect(longTemplates("a.ts", `const q = \`with x as (\${name}${lines(13)}\`;`)).toHaveLength(1);
  expect(longTemplates("a.ts", `const q = sql\`select 1${lines(12)}\`;`)).toEqual([]);
  expect(longTemplates("a.ts", `const help = \`Usage: npm run up${"\n  an option".repeat(20)}\`;`)).toEqual([]);
});
