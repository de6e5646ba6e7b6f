/** The first packet of a connection to Postgres. https://www.postgresql.org/docs/17/protocol-message-formats.html */
export type FirstPacket =
  | { kind: "ssl" }
  | { kind: "gss" }
  | { kind: "cancel"; key: string; bytes: Buffer }
  | { kind: "startup"; version: number; parameters: Map<string, string> };

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
/** What Postgres itself accepts (MAX_STARTUP_PACKET_LENGTH). */
const LONGEST = 10_000;

/** Reads one first packet from the front of `bytes`; undefined while it is incomplete. Throws on what is none. */
export function readFirstPacket(bytes: Buffer): { packet: FirstPacket; length: number } | undefined {
  if (bytes.length < 4) return undefined;
  const length = bytes.readInt32BE(0);
  if (length < 8 || length > LONGEST) throw new Error("invalid length of startup packet");
  if (bytes.length < length) return undefined;
  const code = bytes.readInt32BE(4);
  if (code === SSL_REQUEST) return { packet: { kind: "ssl" }, length };
  if (code === GSS_REQUEST) return { packet: { kind: "gss" }, length };
  if (code === CANCEL_REQUEST) {
    const own = Buffer.from(bytes.subarray(0, length));
    return { packet: { kind: "cancel", key: own.subarray(8).toString("hex"), bytes: own }, length };
  }
  if (code >> 16 !== 3) throw new Error(`unsupported frontend protocol ${code >> 16}.${code & 0xffff}`);
  return { packet: { kind: "startup", version: code, parameters: readParameters(bytes.subarray(8, length)) }, length };
}

/** The bytes of a startup message. */
export function writeStartup(options: { version: number; parameters: Map<string, string> }): Buffer {
  const words = [...options.parameters].flat().map((word) => Buffer.from(`${word}\0`, "utf8"));
  const body = Buffer.concat([...words, Buffer.from([0])]);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(options.version, 4);
  return Buffer.concat([head, body]);
}

/** An ErrorResponse of severity FATAL. */
export function writeFatal(options: { sqlstate: string; message: string }): Buffer {
  const fields = `SFATAL\0VFATAL\0C${options.sqlstate}\0M${options.message}\0\0`;
  const body = Buffer.from(fields, "utf8");
  const head = Buffer.alloc(5);
  head.write("E", 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function readParameters(body: Buffer): Map<string, string> {
  const words = body.toString("utf8").split("\0");
  const parameters = new Map<string, string>();
  for (let at = 0; at + 1 < words.length && words[at] !== ""; at += 2) {
    parameters.set(words[at] ?? "", words[at + 1] ?? "");
  }
  return parameters;
}
