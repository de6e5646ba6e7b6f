import type { Problem } from "./directives.ts";
import type { Statement } from "./statements.ts";

/** What of a file is sent as one unit, and what of it cannot be run at all. */
export type Units = { units: Statement[]; problems: Problem[] };

type Parts = {
  units: Statement[];
  /** Every statement of the units, on its own. */
  single: Statement[];
  /** The BEGIN and COMMIT that were taken off. */
  taken: Statement[];
};

/**
 * Deals with transaction control: the runner opens and ends transactions itself, so that a file is either applied and
 * recorded or neither. A file wrapped in BEGIN and COMMIT means just that; in a no-transaction file such a group is one unit.
 */
export function unitsOf(options: { sql: string; statements: Statement[]; transaction: boolean }): Units {
  const { sql, statements, transaction } = options;
  const { units, single, taken } = transaction ? unwrap(statements) : grouped(sql, statements);
  const problems = [
    ...taken.map((statement) => ({ statement, reason: problemOfTaken(statement) })),
    ...single.map((statement) => ({ statement, reason: problemOf(statement, transaction) })),
  ];
  return {
    units,
    problems: problems.flatMap(({ statement: { start }, reason }) => (reason === undefined ? [] : [{ start, reason }])),
  };
}

function unwrap(statements: Statement[]): Parts {
  const [first] = statements;
  const last = statements.at(-1);
  const wrapped = first && last && opens(first) && commits(last);
  const inner = wrapped ? statements.slice(1, -1) : statements;
  return { units: inner, single: inner, taken: wrapped ? [first, last] : [] };
}

function grouped(sql: string, statements: Statement[]): Parts {
  const parts: Parts = { units: [], single: [], taken: [] };
  for (let at = 0; at < statements.length; at++) {
    const statement = statements[at];
    const end = statement && opens(statement) ? statements.findIndex((each, index) => index > at && commits(each)) : -1;
    const inner = statements.slice(at + 1, Math.max(at + 1, end));
    const [first] = inner;
    const last = inner.at(-1);
    const closing = statements[end];
    if (statement && closing && first && last) {
      const text = sql.slice(first.start, last.end);
      parts.units.push({ text, start: first.start, end: last.end, words: ["BEGIN"] });
      parts.single.push(...inner);
      parts.taken.push(statement, closing);
      at = end;
    } else if (statement) {
      parts.units.push(statement);
      parts.single.push(statement);
    }
  }
  return parts;
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

function problemOf(statement: Statement, transaction: boolean): string | undefined {
  const { words, text } = statement;
  const [first, second] = words;
  const savepoint = first === "ROLLBACK" && words.includes("TO");
  if (opens(statement) || commits(statement) || first === "ABORT" || (first === "ROLLBACK" && !savepoint)) {
    return `${first} would end the runner's own transaction: take it out${transaction ? ", or start the file with `-- migrate: no-transaction`" : ""}`;
  }
  if (first === "PREPARE" && second === "TRANSACTION")
    return "a prepared transaction is never committed by this runner";
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

/** The server takes both words for the client, after FROM as after TO; no row could come from there or be shown. */
function problemOfCopy(words: string[]): string | undefined {
  const at = words.findIndex((word) => word === "STDIN" || word === "STDOUT");
  if (words[at - 1] === "FROM") return `COPY FROM ${words[at]} has no data in a migration: use INSERT`;
  if (words[at - 1] === "TO") return `COPY TO ${words[at]} has no reader in a migration: take it out`;
  return undefined;
}
