import { StatementList } from "../statement-list.ts";
import { type Notes, splitStatements } from "../statements.ts";
import { unitsOf } from "../units.ts";
import { type Directives, type Problem, readDirectives } from "./directives.ts";
import { foreignFile, toolOfComment, toolOfName } from "./foreign-files.ts";

/** What of a file is sent, under which terms, and why it cannot be. */
export type ParsedFile = { statements: StatementList; directives: Directives; problems: Problem[] };

/** Reads a file's text. Looks at its name too, which for some tools says what it is. */
export function parseFile(tag: string, sql: string): ParsedFile {
  const notes: Notes = { comments: [], unclosed: [] };
  const split = splitStatements(sql, notes);
  const foreign = foreignProblem(tag, notes);
  if (foreign) return { statements: new StatementList(sql), directives: { transaction: true }, problems: [foreign] };
  const { directives, problems } = readDirectives(notes.comments);
  const units = unitsOf({ sql, statements: split, transaction: directives.transaction });
  const unclosed = notes.unclosed.map((start) => ({
    start,
    reason: "the block comment that begins here is never closed",
  }));
  const all = [...problems, ...unclosed, ...units.problems].sort((one, other) => one.start - other.start);
  return { statements: units.units, directives, problems: all };
}

function foreignProblem(tag: string, { comments }: Notes): Problem | undefined {
  const named = toolOfName(tag);
  if (named) return { start: 0, reason: foreignFile(named) };
  for (const { text, start } of comments) {
    const tool = toolOfComment(text);
    if (tool) return { start, reason: foreignFile(tool) };
  }
  return undefined;
}
