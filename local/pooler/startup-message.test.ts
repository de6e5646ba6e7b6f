import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFirstPacket, writeStartup } from "./startup-message.ts";

const version = 3 << 16;
const word = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !text.includes("\0"));

describe("startup packets", () => {
  test("what is written is read back, however it is cut, and what follows is left alone", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(word, word), { selector: ([name]) => name }),
        fc.uint8Array(),
        (pairs, rest) => {
          const parameters = new Map(pairs);
          const bytes = writeStartup({ version, parameters });
          for (let cut = 0; cut < bytes.length; cut++) expect(readFirstPacket(bytes.subarray(0, cut))).toBeUndefined();
          const found = readFirstPacket(Buffer.concat([bytes, rest]));
          expect(found).toEqual({ packet: { kind: "startup", version, parameters }, length: bytes.length });
        },
      ),
    );
  });

  test.each([
    [[0, 0, 0, 8, 4, 210, 22, 47], "ssl"],
    [[0, 0, 0, 8, 4, 210, 22, 48], "gss"],
    [[0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 2], "cancel"],
  ])("%j is a request for %s", (bytes, kind) => {
    expect(readFirstPacket(Buffer.from(bytes))?.packet.kind).toBe(kind);
  });

  test("what is no startup packet is refused at once", () => {
    expect(() => readFirstPacket(Buffer.from("GET / HTTP/1.1\r\n"))).toThrow(/length/);
    expect(() => readFirstPacket(Buffer.from([0, 0, 0, 9, 0, 2, 0, 0, 0]))).toThrow(/protocol 2\.0/);
    expect(() => readFirstPacket(Buffer.from([255, 255, 255, 255]))).toThrow(/length/);
  });
});
