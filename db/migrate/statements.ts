/** One SQL statement of a migration file. Offsets count UTF-16 units from the start of the file. */
export type Statement = {
  /** The statement without its closing semicolon and without comments before it. */
  text: string;
  start: number;
  end: number;
  /** The first words outside quotes and comments, upper case: enough to tell what kind of statement it is. */
  words: string[];
};

/** What `-- migrate:` comments ask for; the defaults are in `timeouts.ts`. */
export type Directives = {
  /** False for `-- migrate: no-transaction`. */
  transaction: boolean;
  lockTimeoutMs?: number;
  statementTimeoutMs?: number;
  retries?: number;
};

const breakpoint = "--> statement-breakpoint";
const keptWords = 12;

// Everything that can open or close something, and words; all other characters are skipped.
const token =
  /--[^\n]*|\/\*|'|"|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[();]/g;

/** Splits a migration file the way Drizzle does (at its breakpoints) and then at top-level semicolons, as psql does. */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = [];
  let from = 0;
  while (from <= sql.length) {
    const at = sql.indexOf(breakpoint, from);
    const to = at === -1 ? sql.length : at;
    splitChunk(sql, from, to, statements);
    from = to + breakpoint.length;
  }
  return statements;
}

type Open = { start: number; words: string[]; parens: number; bodies: number };

function splitChunk(sql: string, from: number, to: number, into: Statement[]): void {
  const chunk = to === sql.length ? sql : sql.slice(0, to);
  let open: Open | undefined;
  let meaningful = from;
  token.lastIndex = from;
  const begin = (position: number): Open => {
    open ??= { start: firstVisible(chunk, meaningful, position), words: [], parens: 0, bodies: 0 };
    return open;
  };
  const close = (end: number): void => {
    const text = open ? chunk.slice(open.start, end).trimEnd() : "";
    if (open && text !== "") into.push({ text, start: open.start, end: open.start + text.length, words: open.words });
    open = undefined;
  };
  for (let match = token.exec(chunk); match; match = token.exec(chunk)) {
    const found = match[0];
    const at = match.index;
    if (found.startsWith("--") || found === "/*") {
      // Something visible may stand before the comment (a digit or an operator, which the pattern skips).
      if (!open && chunk.slice(meaningful, at).trim() !== "") begin(at);
      if (found === "/*") token.lastIndex = endOfBlockComment(chunk, at);
      if (!open) meaningful = token.lastIndex;
      continue;
    }
    if (found === ";" && !(open && (open.parens > 0 || open.bodies > 0))) {
      if (!open && chunk.slice(meaningful, at).trim() !== "") begin(at);
      close(at);
      meaningful = at + 1;
      continue;
    }
    advance(chunk, found, at, begin(at));
  }
  if (!open && chunk.slice(meaningful, to).trim() !== "") begin(to);
  close(to);
}

function firstVisible(sql: string, from: number, fallback: number): number {
  for (let at = from; at < fallback; at++) if (sql.charCodeAt(at) > 32) return at;
  return fallback;
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
  if (open.words.length < keptWords) open.words.push(word);
  else if (routine) open.words[keptWords - 1] = word;
}

function endAfter(sql: string, closing: string, from: number): number {
  const at = sql.indexOf(closing, from);
  return at === -1 ? sql.length : at + closing.length;
}

function isEscapeString(sql: string, quote: number): boolean {
  return /(?:^|[^\w$])[eE]$/.test(sql.slice(Math.max(0, quote - 2), quote));
}

function endOfString(sql: string, quote: number, escapes: boolean): number {
  if (!escapes) return endAfter(sql, "'", quote + 1);
  for (let at = quote + 1; at < sql.length; at++) {
    if (sql[at] === "\\") at++;
    else if (sql[at] === "'") return at + 1;
  }
  return sql.length;
}

function endOfBlockComment(sql: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 0;
  for (let match = edge.exec(sql); match; match = edge.exec(sql)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return sql.length;
}

const directive = /^[ \t]*--[ \t]*migrate:[ \t]*([\w-]+)(?:[ \t]+(\S+))?[ \t]*\r?$/gm;

/**
 * Reads the `-- migrate: NAME [VALUE]` lines of a file: `no-transaction`, `lock-timeout 5s`, `statement-timeout 30min`,
 * `retries 20`. Throws a plain Error naming the directive where it is not one of these.
 */
export function readDirectives(sql: string): Directives {
  const directives: Directives = { transaction: true };
  if (!sql.includes("migrate:")) return directives;
  for (const [, name = "", value] of sql.matchAll(directive)) {
    if (name === "no-transaction") directives.transaction = false;
    else if (name === "lock-timeout") directives.lockTimeoutMs = milliseconds(name, value);
    else if (name === "statement-timeout") directives.statementTimeoutMs = milliseconds(name, value);
    else if (name === "retries" && /^\d+$/.test(value ?? "")) directives.retries = Number(value);
    else throw new Error(`"-- migrate: ${name}${value ? ` ${value}` : ""}" is not a directive this runner knows`);
  }
  return directives;
}

const units: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

function milliseconds(name: string, value: string | undefined): number {
  const [, amount, unit] = /^(\d+)(ms|s|min|h)?$/.exec(value ?? "") ?? [];
  if (amount === undefined) {
    throw new Error(`"-- migrate: ${name}" needs a duration such as 500ms, 5s, 10min or 0 (off), not "${value ?? ""}"`);
  }
  return Number(amount) * (units[unit ?? "ms"] ?? 1);
}
