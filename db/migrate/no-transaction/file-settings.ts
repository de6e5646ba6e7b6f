import { isPlainSetConfig } from "../session-problems.ts";
import type { Statement } from "../statement-list.ts";

/** The statements of a unit that change the session for those behind it. */
export function settingsOf(unit: Statement): string[] {
  const parts = unit.group ? [...unit.group] : [unit];
  return parts.filter(isSetting).map(({ text }) => text);
}

function isSetting({ words, text }: Statement): boolean {
  const [first = "", second = ""] = words;
  if (first === "SET") return second !== "LOCAL" && second !== "CONSTRAINTS" && second !== "TRANSACTION";
  return first === "RESET" || first === "LOAD" || (first === "SELECT" && isPlainSetConfig(text));
}

/** Of settings in their order, those that say who the session is. */
export function identityOf(settings: readonly string[]): string[] {
  const last = (pattern: RegExp): number => settings.findLastIndex((text) => pattern.test(text));
  const authorization = last(/^\s*(?:re)?set\s+(?:session\s+)?session\s+authorization\b/i);
  const role = last(/^\s*(?:re)?set\s+(?:session\s+)?role\b/i);
  // SET SESSION AUTHORIZATION ends a SET ROLE before it.
  return [authorization, role].filter((at) => at >= 0 && at >= authorization).map((at) => settings[at] ?? "");
}

/** True for RESET ALL, which would take the run's own settings back as well. */
export function resetsAll({ words }: Statement): boolean {
  return words[0] === "RESET" && words[1] === "ALL";
}
