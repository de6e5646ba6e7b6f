import type { Statement } from "./statement-list.ts";

/** Where a statement stands: in a transaction of the runner, in one of a no-transaction file, or in none. */
export type Place = "transaction" | "group" | "alone";

/** Why a statement cannot be run for what it does to the session; undefined where it can. */
export function sessionProblem(statement: Statement, place: Place): string | undefined {
  const { words, text } = statement;
  const [first = "", second = ""] = words;
  const defines = first === "CREATE";
  if (first === "DISCARD" && second === "ALL") return `DISCARD ALL ${givesUp}`;
  if (!defines && /\bpg_advisory_unlock_all\s*\(/i.test(text)) return `pg_advisory_unlock_all() ${givesUp}`;
  if (place === "transaction") return undefined;
  if (first === "SET" && /\bread\s+only\b|\bdefault_transaction_read_only\b/i.test(text))
    return "READ ONLY would keep the runner from recording the statements behind it";
  const lost = lostOnResume(statement, place);
  if (lost) return `${lost} is gone when this file resumes after an interruption: ${insteadOf(lost)}`;
  if (place === "alone" && needsTransaction.has(words.slice(0, 2).join(" ")) && !isCharacteristics(words)) {
    return `${first} ${second} has no effect outside a transaction: put it between BEGIN and COMMIT`;
  }
  return undefined;
}

const givesUp = "gives up the migration lock, and another run could begin: take back what this file did by name";

const needsTransaction = new Set(["SET LOCAL", "SET TRANSACTION", "SET CONSTRAINTS"]);

// SET SESSION CHARACTERISTICS AS TRANSACTION is a setting of the session.
function isCharacteristics(words: readonly string[]): boolean {
  return words[2] === "CHARACTERISTICS";
}

function lostOnResume({ words, text }: Statement, place: Place): string | undefined {
  const [first = ""] = words;
  const early = words.slice(0, 4);
  const temporary =
    early.includes("TEMP") || early.includes("TEMPORARY") || /^\s*select\b[^;]*\binto\s+temp/i.test(text);
  if (temporary && !(place === "group" && /\bon\s+commit\s+drop\b/i.test(text))) {
    return first === "CREATE" || first === "SELECT" ? "a temporary object" : undefined;
  }
  if (first === "PREPARE") return "a prepared statement";
  if (first === "DECLARE" && words.includes("HOLD")) return "a cursor";
  if (first === "DO" && settingInBody.test(text)) return "a setting made inside DO";
  if (first !== "CREATE" && !isPlainSetConfig(text) && settingInCall.test(text)) return "a setting made inside a query";
  return undefined;
}

function insteadOf(lost: string): string {
  if (lost === "a temporary object") return "use an ordinary one, and drop it at the end of the file";
  if (lost.startsWith("a setting")) return "make it a statement of its own (SET name = value)";
  return "write the statement itself";
}

const settingInBody =
  /(?:\$|;|\bbegin|\bthen|\belse|\bloop|\bexecute\s*(?:\(\s*)?(?:(?:pg_catalog\s*\.\s*)?format\s*\(\s*)?(?:e?'|\$\w*\$))\s*set\s+(?!local\b|constraints\b|transaction\b)(?:session\s+)?(?:[\w.%]+\s*(?:=|\bto\b)|role\b|time\s+zone\b)/i;
const settingInCall = /\bset_config\s*\((?:[^()']|'[^']*')*,\s*(?:false|'f\w*'|'no'|'off'|'0')\s*\)/i;
const plainSetConfig = /^select\s+(?:pg_catalog\s*\.\s*)?set_config\s*\((?:[^()']|'(?:[^']|'')*')*\)\s*$/i;

/** True for `select set_config(name, value, ...)` and nothing else, as pg_dump writes it. */
export function isPlainSetConfig(text: string): boolean {
  return plainSetConfig.test(text);
}
