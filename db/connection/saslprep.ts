import { forbidden, isIn, leftToRight, rightToLeft } from "./unicode-3.2.ts";

// RFC 3454: C.1.2 becomes a space, B.1 nothing. The zero-width space is in both, and Postgres looks for spaces first.
const spaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
const nothing = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;

/**
 * The password as SCRAM takes it (SASLprep, RFC 4013), which Postgres and libpq apply before they derive a key and
 * postgres.js does not: without it a no-break space or a composed letter is another password. As with libpq, a password that
 * SASLprep forbids is taken as it is.
 */
export function saslPrepared(password: string): string {
  const mapped = password.replace(spaces, " ").replace(nothing, "");
  const codes = [...mapped].map((character) => character.codePointAt(0) ?? 0);
  // Like Postgres, before composition: what composition makes of an allowed text is allowed.
  if (mapped === "" || codes.some((code) => isIn(forbidden, code)) || !readsOneWay(codes)) return password;
  return mapped.normalize("NFKC");
}

/** RFC 3454, 6: text from right to left holds none from left to right, and begins and ends as such. */
function readsOneWay(codes: readonly number[]): boolean {
  const right = codes.map((code) => isIn(rightToLeft, code));
  if (!right.includes(true)) return true;
  return right.at(0) === true && right.at(-1) === true && !codes.some((code) => isIn(leftToRight, code));
}
