import type { Socket } from "node:net";

/** An ErrorResponse that refuses a log-in. */
export interface Refusal {
  sqlstate: string;
  message: string;
  bytes: Buffer;
}

/** Bytes of one message: type, length, body. https://www.postgresql.org/docs/17/protocol-message-formats.html */
const HEAD = 5;
const NAMED = "application_name\0";

/**
 * Passes on what a server sends until it is ready for queries, and from then on everything as it comes. The client is
 * told that the application is called Supavisor, whatever name it gave.
 * @param options.onKey told the BackendKeyData as hexadecimal text
 * @param options.onRefusal told why the server refuses the log-in; what it answers is sent in its place, and ends the connection
 */
export function relayGreeting(options: {
  server: Socket;
  client: Socket;
  onKey: (key: string) => void;
  onRefusal: (refusal: Refusal) => Promise<Buffer>;
}): void {
  const { server, client } = options;
  let seen: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    while (seen.length >= HEAD) {
      const length = seen.readInt32BE(1) + 1;
      if (seen.length < length) return;
      const message = seen.subarray(0, length);
      seen = seen.subarray(length);
      const type = String.fromCharCode(message[0] ?? 0);
      if (type === "E") {
        server.off("data", onData);
        void options.onRefusal(readRefusal(message)).then((bytes) => client.end(bytes));
        return;
      }
      if (type === "K") options.onKey(message.subarray(HEAD).toString("hex"));
      client.write(type === "S" ? renamed(message) : message);
      if (type !== "Z") continue;
      server.off("data", onData);
      client.write(seen);
      server.pipe(client);
      return;
    }
  };
  server.on("data", onData);
}

function renamed(message: Buffer): Buffer {
  if (!message.subarray(HEAD).toString("utf8").startsWith(NAMED)) return message;
  const body = Buffer.from(`${NAMED}Supavisor\0`, "utf8");
  const head = Buffer.alloc(HEAD);
  head.write("S", 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function readRefusal(bytes: Buffer): Refusal {
  const fields = bytes.subarray(HEAD).toString("utf8").split("\0");
  const field = (letter: string) => fields.find((text) => text.startsWith(letter))?.slice(1) ?? "";
  return { sqlstate: field("C"), message: field("M"), bytes };
}
