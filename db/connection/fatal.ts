/** The fields of an ErrorResponse, as postgres.js names those that callers read. */
export type ServerFields = Record<string, string>;

const names: Record<string, string> = {
  S: "severity_local",
  V: "severity",
  C: "code",
  M: "message",
  D: "detail",
  H: "hint",
};
const E = 69;
/** A server says no more than this before it hangs up. */
const longest = 8192;

/**
 * Why the server ended a session: the FATAL error that the last bytes it sent end with. postgres.js passes it on to
 * no caller, and says only that the connection was closed.
 */
export function fatalAtEnd(bytes: Buffer): ServerFields | undefined {
  for (let at = bytes.length - 5; at >= Math.max(0, bytes.length - longest); at--) {
    if (bytes[at] !== E || at + 1 + bytes.readUInt32BE(at + 1) !== bytes.length) continue;
    const fields = fieldsOf(bytes.subarray(at + 5));
    if (/^(FATAL|PANIC)$/.test(fields.severity ?? "") && /^[0-9A-Z]{5}$/.test(fields.code ?? "")) return fields;
  }
  return undefined;
}

function fieldsOf(body: Buffer): ServerFields {
  const entries = body
    .toString()
    .split("\0")
    .filter((field) => field.length > 1)
    .map((field) => [names[field[0] ?? ""] ?? field[0] ?? "", field.slice(1)]);
  return Object.fromEntries(entries);
}
