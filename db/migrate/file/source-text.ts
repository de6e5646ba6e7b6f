import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import type { Problem } from "./directives.ts";

/** What a file holds. */
export type SourceText = {
  /** Decoded as UTF-8, with its byte-order mark, as Drizzle reads it: what its hash is made of. */
  text: string;
  /** Why the bytes are not that text; such a file never runs. */
  problem?: Problem;
};

const byteOrderMark = "\ufeff";

/** Reads a file. Throws the file system's own error. */
export function readSource(file: string): SourceText {
  // Bytes as well would double what a large file takes, and only these characters can come from bytes that are no text.
  const text = readFileSync(file, "utf8");
  const problem = /[\0\ufffd]/.test(text) ? problemOf(readFileSync(file), text) : undefined;
  return problem === undefined ? { text } : { text, problem };
}

/** The text without the mark that some editors put before it, which Postgres would take for part of a name. */
export function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

function problemOf(bytes: Buffer, text: string): Problem | undefined {
  const marked = bytes.length >= 2 && [0xfffe, 0xfeff].includes(bytes.readUInt16BE(0));
  const nul = text.indexOf("\0");
  // Text of two bytes a character: every other byte of ASCII is 0.
  if (marked || nul === 0 || (nul === 1 && bytes[3] === 0)) {
    return { start: 0, reason: "the file is UTF-16: save it as UTF-8" };
  }
  if (nul !== -1) return { start: nul, reason: "the file holds a NUL character, at which the server stops reading it" };
  if (isUtf8(bytes)) return undefined;
  return { start: firstDifference(bytes, text), reason: "the file is not UTF-8: save it as UTF-8" };
}

/** The offset of the first replacement character that the bytes do not hold. */
function firstDifference(bytes: Buffer, text: string): number {
  let at = text.indexOf("\ufffd");
  for (let from = 0, read = 0; at !== -1; at = text.indexOf("\ufffd", from)) {
    read += Buffer.byteLength(text.slice(from, at));
    if (!bytes.subarray(read, read + 3).equals(Buffer.from("\ufffd"))) return at;
    read += 3;
    from = at + 1;
  }
  return 0;
}
