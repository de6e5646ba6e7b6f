import type { Statement } from "./statements.ts";

/** What of a file is sent as one unit, and what of it cannot be run at all. */
export type Units = { units: Statement[]; problems: { statement: Statement; reason: string }[] };

/**
 * Deals with transaction control: the runner opens and ends transactions itself, so that a file is either applied and
 * recorded or neither. A file wrapped in BEGIN and COMMIT means just that; in a no-transaction file such a group is one unit.
 */
export function unitsOf(options: { sql: string; statements: Statement[]; transaction: boolean }): Units {
  const { sql, statements, transaction } = options;
  const inner = transaction ? unwrap(statements) : grouped(sql, statements);
  const problems = inner.flatMap((statement) => {
    const reason = problemOf(statement, transaction);
    return reason === undefined ? [] : [{ statement, reason }];
  });
  return { units: inner, problems };
}

function unwrap(statements: Statement[]): Statement[] {
  const [first] = statements;
  const last = statements.at(-1);
  return first && last && opens(first) && commits(last) ? statements.slice(1, -1) : statements;
}

function grouped(sql: string, statements: Statement[]): Statement[] {
  const units: Statement[] = [];
  for (let at = 0; at < statements.length; at++) {
    const statement = statements[at];
    const end = statement && opens(statement) ? statements.findIndex((each, index) => index > at && commits(each)) : -1;
    const first = statements[at + 1];
    const last = statements[end - 1];
    if (statement && end > at + 1 && first && last) {
      units.push({ text: sql.slice(first.start, last.end), start: first.start, end: last.end, words: ["BEGIN"] });
      at = end;
    } else if (statement) units.push(statement);
  }
  return units;
}

function opens({ words }: Statement): boolean {
  return (words[0] === "BEGIN" && words[1] !== "ATOMIC") || (words[0] === "START" && words[1] === "TRANSACTION");
}

function commits({ words }: Statement): boolean {
  return (words[0] === "COMMIT" && words[1] !== "PREPARED") || words[0] === "END";
}

function problemOf(statement: Statement, transaction: boolean): string | undefined {
  const { words, text } = statement;
  const [first, second] = words;
  if (words.length === 1 && first === "BEGIN" && !/^(?:begin|start)\b/i.test(text)) return undefined;
  const savepoint = first === "ROLLBACK" && words.includes("TO");
  if (opens(statement) || commits(statement) || first === "ABORT" || (first === "ROLLBACK" && !savepoint)) {
    return `${first} would end the runner's own transaction: take it out${transaction ? ", or start the file with `-- migrate: no-transaction`" : ""}`;
  }
  if (first === "PREPARE" && second === "TRANSACTION")
    return "a prepared transaction is never committed by this runner";
  if (first === "COPY" && words.includes("STDIN")) return "COPY FROM STDIN has no data in a migration: use INSERT";
  if (!transaction && words.join(" ").match(/^CREATE (?:UNIQUE )?INDEX CONCURRENTLY ON /)) {
    return "an index built CONCURRENTLY needs a name, by which an interrupted build can be found";
  }
  return undefined;
}
