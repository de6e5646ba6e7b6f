import { StatementList } from "./statement-list.ts";

/** What stands between the statements of a file and decides how it runs. */
export type Notes = {
  /** Line comments outside quotes and bodies whose first word may be meant for a migration tool. */
  comments: { text: string; start: number }[];
  /** Where a block comment begins that never ends, so that the rest of its part of the file is no statement. */
  unclosed: number[];
};

const breakpoint = "--> statement-breakpoint";
const keptWords = 12;
// A block comment that is meant as a directive is a short one.
const longestComment = 100;

// Everything that can open or close something, and words; all other characters are skipped.
const token =
  /--[^\n\r]*|\/\*|'|"|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[();]/g;

// A file can hold very many comments: only those that some migration tool may read are kept.
const telling =
  /^(?:--|\/\*)[ \t*-]*(?:\+|migrat|deploy |revert |verify |up\s+migration|down\s+migration|create above|liquibase |\/\/[ \t]*@undo|=+[ \t]*(?:up|down)\b|!(?:ups|downs)\b|rambler |atlas:)/i;

// What continues an escape string after its closing quote: white space with a line break in it, then a quote.
const continuation = /[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y;

/**
 * Splits a migration file the way Drizzle does (at its breakpoints) and then at top-level semicolons, as psql does. `notes`,
 * where given, is filled.
 */
export function splitStatements(sql: string, notes: Notes = { comments: [], unclosed: [] }): StatementList {
  const statements = new StatementList(sql);
  let from = 0;
  while (from <= sql.length) {
    const at = sql.indexOf(breakpoint, from);
    const to = at === -1 ? sql.length : at;
    splitChunk(sql, { from, to }, statements, notes);
    from = to + breakpoint.length;
  }
  return statements;
}

type Open = { start: number; words: string[]; parens: number; bodies: number };

function splitChunk(sql: string, { from, to }: { from: number; to: number }, into: StatementList, notes: Notes): void {
  const chunk = to === sql.length ? sql : sql.slice(0, to);
  let open: Open | undefined;
  let meaningful = from;
  token.lastIndex = from;
  const begin = (position: number): Open => {
    open ??= { start: firstVisible(chunk, meaningful, position), words: [], parens: 0, bodies: 0 };
    return open;
  };
  const close = (end: number): void => {
    const last = open ? endOfVisible(chunk, open.start, end) : end;
    if (open && last > open.start) into.add({ start: open.start, end: last, words: open.words });
    open = undefined;
  };
  for (let match = token.exec(chunk); match; match = token.exec(chunk)) {
    const found = match[0];
    const at = match.index;
    if (found.startsWith("--") || found === "/*") {
      // Something visible may stand before the comment (a digit or an operator, which the pattern skips).
      if (!open && firstVisible(chunk, meaningful, at) < at) begin(at);
      if (found === "/*") token.lastIndex = endOfBlockComment(chunk, at, notes);
      const text = found === "/*" ? chunk.slice(at, Math.min(token.lastIndex, at + longestComment)) : found;
      if (!open?.bodies && telling.test(text)) notes.comments.push({ text, start: at });
      if (!open) meaningful = token.lastIndex;
      continue;
    }
    if (found === ";" && !(open && (open.parens > 0 || open.bodies > 0))) {
      if (!open && firstVisible(chunk, meaningful, at) < at) begin(at);
      close(at);
      meaningful = at + 1;
      continue;
    }
    advance(chunk, found, at, begin(at));
  }
  if (!open && firstVisible(chunk, meaningful, to) < to) begin(to);
  close(to);
}

// White space is what Postgres takes for it: a no-break space is part of a name.
function firstVisible(sql: string, from: number, fallback: number): number {
  for (let at = from; at < fallback; at++) if (sql.charCodeAt(at) > 32) return at;
  return fallback;
}

function endOfVisible(sql: string, from: number, end: number): number {
  let at = end;
  while (at > from && sql.charCodeAt(at - 1) <= 32) at--;
  return at;
}

function advance(sql: string, found: string, at: number, open: Open): void {
  const code = found.charCodeAt(0);
  if (found === "(") open.parens++;
  else if (found === ")") open.parens = Math.max(0, open.parens - 1);
  else if (found === "'") token.lastIndex = endOfString(sql, at, isEscapeString(sql, at));
  else if (found === '"') token.lastIndex = endAfter(sql, '"', at + 1);
  else if (code === 36) token.lastIndex = endAfter(sql, found, at + found.length);
  else if (found !== ";") countWord(found.toUpperCase(), open);
}

/** Words matter for the kind of statement, and for `BEGIN ATOMIC ... END` bodies, whose semicolons end nothing. */
function countWord(word: string, open: Open): void {
  const routine =
    open.words[0] === "CREATE" && /^(?:OR REPLACE )?(?:FUNCTION|PROCEDURE)/.test(open.words.slice(1, 4).join(" "));
  if (routine && open.parens === 0) {
    if (word === "ATOMIC" && open.words.at(-1) === "BEGIN") open.bodies = 1;
    else if (word === "CASE" && open.bodies > 0) open.bodies++;
    else if (word === "END" && open.bodies > 0) open.bodies--;
  }
  if (open.parens > 0) return;
  if (open.words.length < keptWords) open.words.push(word);
  else if (routine) open.words[keptWords - 1] = word;
}

function endAfter(sql: string, closing: string, from: number): number {
  const at = sql.indexOf(closing, from);
  return at === -1 ? sql.length : at + closing.length;
}

function isEscapeString(sql: string, quote: number): boolean {
  return /(?:^|[^\w$\u0080-\uffff])[eE]$/.test(sql.slice(Math.max(0, quote - 2), quote));
}

function endOfString(sql: string, quote: number, escapes: boolean): number {
  if (!escapes) return endAfter(sql, "'", quote + 1);
  for (let at = quote + 1; at < sql.length; at++) {
    if (sql[at] === "\\") at++;
    else if (sql[at] === "'") {
      continuation.lastIndex = at + 1;
      if (!continuation.test(sql)) return at + 1;
      at = continuation.lastIndex - 1;
    }
  }
  return sql.length;
}

function endOfBlockComment(sql: string, from: number, notes: Notes): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 0;
  for (let match = edge.exec(sql); match; match = edge.exec(sql)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  notes.unclosed.push(from);
  return sql.length;
}
