import type { Socket } from "node:net";

/** Longest way from the start of a session to its BackendKeyData that is still watched, in bytes. */
const WATCHED = 65_536;

/**
 * Reads along in what a server sends until it has told its BackendKeyData, or is ready for queries, and hands the
 * key on as hexadecimal text. Nothing is changed or held back.
 */
export function watchBackendKey(server: Socket, found: (key: string) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const stop = () => {
    server.off("data", onData);
    seen = Buffer.alloc(0);
  };
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    while (seen.length >= 5) {
      const type = String.fromCharCode(seen[0] ?? 0);
      const length = seen.readInt32BE(1) + 1;
      if (seen.length < length) break;
      if (type === "K") found(seen.subarray(5, length).toString("hex"));
      if (type === "K" || type === "Z" || type === "E") return stop();
      seen = seen.subarray(length);
    }
    if (seen.length > WATCHED) stop();
  };
  server.on("data", onData);
}
