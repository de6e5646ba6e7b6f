import { maskText } from "../../../github/mask-text.ts";
import type { Report } from "../result.ts";

// Escape sequences would steer a terminal, and marks of writing direction would make a text read as another one.
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

// A literal assigned to such a word, as in SQL; a value behind `password=`, as in connection strings.
const ASSIGNED = /(\w{0,60}(?:password|passwd|secret|token|api_?key)\w{0,60}["']?\s*(?:=>|:=|=|,|\s)\s*)'[^']+'/gi;
const JOINED = /\b((?:password|passwd|pwd)=)[^\s'",;)*]+/gi;

/** The same for what objects of a database say, where a value may be assigned to a word such as `password`. */
function maskDefinition(text: string, secrets: readonly string[]): string {
  return maskText(text, secrets).replaceAll(ASSIGNED, "$1'***'").replaceAll(JOINED, "$1***");
}

/** A report without secrets and without characters that are not seen. Everything that is shown or kept comes from it. */
export function presentable(report: Report, secrets: readonly string[]): Report {
  const visible = (text: string) =>
    text.replaceAll(HIDDEN, (one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return visible(maskDefinition(value, secrets));
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, clean(held)]));
  };
  // The same shape, string for string.
  return clean(report) as Report;
}
