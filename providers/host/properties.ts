import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { type Properties, UNKNOWN } from "./kind.ts";

// The signature under which the engine marks special values, and the mark of a secret.
// Source: pulumi/pulumi sdk/go/common/resource/properties.go (SigKey, SecretSig).
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** A decoded property bag: plain values, and which top-level properties were secret or not known yet. */
export interface Decoded {
  values: Properties;
  secrets: Set<string>;
  unknowns: Set<string>;
}

/** Decodes a property bag, taking secrets out of their wrapping. */
export function decode(message: struct.Struct | undefined): Decoded {
  const decoded: Decoded = { values: {}, secrets: new Set(), unknowns: new Set() };
  for (const [name, raw] of Object.entries(message?.toJavaScript() ?? {})) {
    const found = { secret: false, unknown: false };
    decoded.values[name] = unwrap(raw, found);
    if (found.secret) decoded.secrets.add(name);
    if (found.unknown) decoded.unknowns.add(name);
  }
  return decoded;
}

/** Encodes a property bag; the named top-level properties are marked secret. Undefined values are left out. */
export function encode(values: Properties, secrets: Iterable<string>): struct.Struct {
  const secretNames = new Set(secrets);
  const wrapped: Record<string, struct.JavaScriptValue> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const plain = toPlain(value);
    wrapped[name] = secretNames.has(name) && value !== null ? { [SIGNATURE]: SECRET, value: plain } : plain;
  }
  return struct.Struct.fromJavaScript(wrapped);
}

function unwrap(raw: unknown, found: { secret: boolean; unknown: boolean }): unknown {
  if (raw === UNKNOWN) {
    found.unknown = true;
    return raw;
  }
  if (Array.isArray(raw)) return raw.map((item) => unwrap(item, found));
  if (!isRecord(raw)) return raw;
  if (raw[SIGNATURE] === SECRET) {
    found.secret = true;
    return unwrap(raw.value, found);
  }
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, unwrap(value, found)]));
}

function toPlain(value: unknown): struct.JavaScriptValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (Array.isArray(value)) return value.map(toPlain);
  if (isRecord(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([name, item]) => [name, toPlain(item)]));
  }
  throw new TypeError(`a property of type ${typeof value} cannot be handed to the engine`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
