import type { Notes } from "../statements.ts";

/** What `-- migrate:` comments ask for; the defaults are in `timeouts.ts`. */
export type Directives = {
  /** False for `-- migrate: no-transaction`. */
  transaction: boolean;
  lockTimeoutMs?: number;
  statementTimeoutMs?: number;
  retries?: number;
  /** sha256 of texts the file had before it was corrected: docs/decisions/0013. */
  was?: string[];
};

/** A place in a file, as an offset, and why the file cannot be run because of it. */
export type Problem = { start: number; reason: string };

const exact = /^--[ \t]*migrate:[ \t]*(.*?)[ \t]*$/;
// What was meant for this runner: its word with a colon, or something like its word before something like a directive.
const meant =
  /^(?:---*[ \t-]*migrate[ \t]*:|(?:--|\/\*)[ \t*-]*migrat\w*[ \t]*[:;=,.-]?[ \t]*(?:no[-_ ]?transactions?|lock[-_ ]?timeouts?|statement[-_ ]?timeouts?|retry|retries)\b[ \t]*[:=]?[ \t]*[\d.]*[ \t]*[a-z]{0,7}[ \t]*(?:\*+\/)?$)/i;
const known =
  "-- migrate: no-transaction, -- migrate: lock-timeout 10s, -- migrate: statement-timeout 30min, -- migrate: retries 20, -- migrate: was HASH";

/**
 * Reads the `-- migrate: NAME [VALUE]` comments of a file: `no-transaction`, `lock-timeout 5s`, `statement-timeout 30min`,
 * `retries 20`, `was HASH`. What is meant as one and is none is a problem: a file never runs under other terms than it asks for.
 */
export function readDirectives(comments: Notes["comments"]): { directives: Directives; problems: Problem[] } {
  const directives: Directives = { transaction: true };
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { text, start } of comments) {
    if (!meant.test(text)) continue;
    const written = exact.exec(text)?.[1];
    const [, name = "", value] = /^(\S+)(?:[ \t]+(.*))?$/.exec(written ?? "") ?? [];
    const reason = seen.has(name) && name !== "was" ? "is given twice" : read(directives, name, value);
    seen.add(name);
    if (reason !== undefined) problems.push({ start, reason: `"${text.trimEnd()}" ${reason}` });
  }
  return { directives, problems };
}

/** Sets what one directive asks for; returns what is wrong with it. */
function read(directives: Directives, name: string, value: string | undefined): string | undefined {
  if (name === "no-transaction") {
    if (value !== undefined) return "is not a directive this runner knows: no-transaction takes no value";
    directives.transaction = false;
  } else if (name === "lock-timeout" || name === "statement-timeout") {
    const ms = milliseconds(value);
    if (ms === undefined) return "needs a duration such as 500ms, 5s, 10min, 1h or 0 (off), without a space in it";
    directives[name === "lock-timeout" ? "lockTimeoutMs" : "statementTimeoutMs"] = ms;
  } else if (name === "retries") {
    if (!/^\d+$/.test(value ?? "")) return "needs a whole number of tries, such as 20";
    directives.retries = Number(value);
  } else if (name === "was") {
    if (!/^[0-9a-f]{64}$/.test(value ?? "")) return "needs the sha256 the file had before, as the ledger holds it";
    directives.was = [...(directives.was ?? []), value ?? ""];
  } else return `is not a directive this runner knows. It knows, each on a line of its own: ${known}`;
  return undefined;
}

const units: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

function milliseconds(value: string | undefined): number | undefined {
  const [, amount, unit] = /^(\d+)(ms|s|min|h)?$/.exec(value ?? "") ?? [];
  return amount === undefined ? undefined : Number(amount) * (units[unit ?? "ms"] ?? 1);
}
