import type { Problem } from "./file/directives.ts";
import { type Place, sessionProblem } from "./session-problems.ts";
import { type Statement, StatementList } from "./statement-list.ts";

/** What of a file is sent as one unit, and what of it cannot be run at all. */
export type Units = { units: StatementList; problems: Problem[] };

type Parts = {
  units: StatementList;
  /** The BEGIN and COMMIT that were taken off. */
  taken: Statement[];
};

/**
 * Deals with transaction control: the runner opens and ends transactions itself, so that a file is either applied and
 * recorded or neither. A file wrapped in BEGIN and COMMIT means just that; in a no-transaction file such a group is one unit.
 */
export function unitsOf(options: { sql: string; statements: StatementList; transaction: boolean }): Units {
  const { sql, statements, transaction } = options;
  const parts = transaction ? unwrap(statements) : grouped(sql, statements);
  const problems: Problem[] = [];
  const check = (statement: Statement, reason: string | undefined): void => {
    if (reason !== undefined) problems.push({ start: statement.start, reason });
  };
  for (const statement of parts.taken) check(statement, problemOfTaken(statement));
  for (const unit of parts.units) {
    const place = transaction ? "transaction" : unit.group ? "group" : "alone";
    for (const statement of unit.group ?? [unit])
      check(statement, problemOf(statement, place) ?? sessionProblem(statement, place));
  }
  return { units: parts.units, problems };
}

function unwrap(statements: StatementList): Parts {
  const first = statements.at(0);
  const last = statements.at(-1);
  const wrapped = first && last && opens(first) && commits(last);
  return {
    units: wrapped ? statements.between(1, statements.length - 1) : statements,
    taken: wrapped ? [first, last] : [],
  };
}

function grouped(sql: string, statements: StatementList): Parts {
  const parts: Parts = { units: new StatementList(sql), taken: [] };
  for (let at = 0; at < statements.length; at++) {
    const statement = statements.at(at);
    if (!statement) break;
    const end = opens(statement) ? closingOf(statements, at) : -1;
    const closing = end === -1 ? undefined : statements.at(end);
    const first = statements.at(at + 1);
    const last = statements.at(end - 1);
    if (closing && first && last && end > at + 1) {
      const group = statements.between(at + 1, end);
      parts.units.add({ start: first.start, end: last.end, words: ["BEGIN"], group });
      parts.taken.push(statement, closing);
      at = end;
    } else parts.units.add(statement);
  }
  return parts;
}

function closingOf(statements: StatementList, opening: number): number {
  let at = opening + 1;
  for (let each = statements.at(at); each; each = statements.at(++at)) if (commits(each)) return at;
  return -1;
}

function opens({ words }: Statement): boolean {
  return (words[0] === "BEGIN" && words[1] !== "ATOMIC") || (words[0] === "START" && words[1] === "TRANSACTION");
}

function commits({ words }: Statement): boolean {
  return (words[0] === "COMMIT" && words[1] !== "PREPARED") || words[0] === "END";
}

const plainEnds = /^(?:BEGIN|COMMIT|END)(?: WORK| TRANSACTION)?(?: AND NO CHAIN)?$|^START TRANSACTION$/;

/** The runner's own BEGIN and COMMIT take the place of these, so they may ask for nothing that those do not do. */
function problemOfTaken({ words }: Statement): string | undefined {
  const said = words.join(" ");
  if (plainEnds.test(said)) return undefined;
  return `"${said}" asks for more than the runner's own transaction gives: write BEGIN and COMMIT, or leave both out`;
}

function problemOf(statement: Statement, place: Place): string | undefined {
  const { words, text } = statement;
  const [first, second] = words;
  const transaction = place === "transaction";
  const savepoint = first === "ROLLBACK" && words.includes("TO");
  if (place === "alone" && (savepoint || first === "SAVEPOINT" || first === "RELEASE"))
    return `${savepoint ? "ROLLBACK TO" : first} needs a transaction: put it between BEGIN and COMMIT`;
  if (opens(statement) || commits(statement) || first === "ABORT" || (first === "ROLLBACK" && !savepoint)) {
    return `${first} would end the runner's own transaction: take it out${transaction ? ", or start the file with `-- migrate: no-transaction`" : ""}`;
  }
  if (first === "PREPARE" && second === "TRANSACTION")
    return "a prepared transaction is never committed by this runner";
  if (invisible.test(text))
    return `it begins with U+${text.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}, which is not shown and which the server takes for part of a word: take it out`;
  if (transaction && first === "SET" && second === "TRANSACTION")
    return "SET TRANSACTION comes too late in the runner's own transaction: take it out";
  if (encodings.test(text))
    return "client_encoding is UTF8, as the file is: under another one the server would read other characters than are there";
  if (text.startsWith("\\"))
    return "a line that begins with a backslash is a psql command, which the server does not know";
  if (first === "COPY") return problemOfCopy(words);
  if (backslashes.test(text)) {
    return "standard_conforming_strings decides where a string ends, and this runner reads files as it stands when on: write E'...' strings";
  }
  if (!transaction && words.join(" ").match(/^CREATE (?:UNIQUE )?INDEX CONCURRENTLY ON /)) {
    return "an index built CONCURRENTLY needs a name, by which an interrupted build can be found";
  }
  return undefined;
}

const backslashes =
  /^set\s+(?:session\s+|local\s+)?standard_conforming_strings\b(?!\s*(?:=|\bto\b)\s*'?(?:on|true|yes|1)'?\s*$)/i;

// Bytes of UTF-8 are sent whatever this says; pg_dump sets it to what it is.
const encodings =
  /^(?:set\s+(?:session\s+|local\s+)?(?:client_encoding\b(?!\s*(?:=|\bto\b)\s*(?:'?(?:utf-?8|unicode)'?|default)\s*$)|names\b(?!\s+(?:'?(?:utf-?8|unicode)'?|default)\s*$))|select\s+(?:pg_catalog\s*\.\s*)?set_config\s*\(\s*'client_encoding'\s*,\s*'(?!(?:utf-?8|unicode)'))/i;

// A byte-order mark between files put together, a no-break space, a zero-width one.
const invisible = /^[\ufeff\u00a0\u200b]/;

/** The server takes both words for the client, after FROM as after TO; no row could come from there or be shown. */
function problemOfCopy(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === "STDIN" || word === "STDOUT");
  if (words[at - 1] === "FROM") return `COPY FROM ${words[at]} has no data in a migration: use INSERT`;
  if (words[at - 1] === "TO") return `COPY TO ${words[at]} has no reader in a migration: take it out`;
  return undefined;
}
