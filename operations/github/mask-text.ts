/** Shapes of secrets that may come in with an error or an object's definition. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  // A scheme is short: without the bound a long word is looked through once for each of its characters.
  [/(\w{1,30}:\/\/[^\s:/@]+):[^\s@/]+@/g, "$1:***@"],
  [/AGE-SECRET-KEY-1[0-9A-Z]+/g, "***"],
  [/\b(sbp_|gh[pousr]_|github_pat_|pul-|sb_secret_)[A-Za-z0-9_-]{8,}/g, "***"],
  [/\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g, "***"],
  [/\bSCRAM-SHA-256\$[^\s'"]+/g, "***"],
];
const SHORTEST = 6;

/** A text without any of `secrets`, nor anything that looks like one. */
export function maskText(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= SHORTEST).sort((one, other) => other.length - one.length);
  const masked = known.reduce((found, secret) => found.replaceAll(secret, "***"), text);
  return SHAPES.reduce((found, [shape, instead]) => found.replaceAll(shape, instead), masked);
}
