import { createHash, createHmac } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

/** Settings by the name the Management API gives them. */
export type Values = Record<string, unknown>;

const DIGEST = /^[0-9a-f]{64}$/;
const UNLISTED = /(_|^)(secrets?|pass|password|access_key|api_key|auth_token)$/;

/** Whether a setting is one that the platform keeps to itself. */
export function isSecretSetting(name: string): boolean {
  return UNLISTED.test(name);
}

/**
 * Whether a live value is the one that was written. The platform answers secrets as a SHA-256 digest, plain or keyed
 * with the project ref; source: the digests that its own command line computes to compare (pkg/config of supabase/cli).
 */
export function isSame(options: { written: unknown; live: unknown; ref: string }): boolean {
  const { written, live, ref } = options;
  if (covers(written, live)) return true;
  if (typeof written !== "string" || typeof live !== "string" || !DIGEST.test(live)) return false;
  return [createHash("sha256"), createHmac("sha256", ref)].some((hash) => hash.update(written).digest("hex") === live);
}

/**
 * What is in force, in the words of what was written: for each written setting its own value where the live one is
 * the same, or is what the API answered after the last write; else the live value. What the API does not answer keeps
 * the written value, unless absence means that the default is in force.
 */
export function observe(options: {
  written: Values;
  live: Values;
  /** What the API answered after the last write, for the settings it put in other words. */
  answered: Values;
  ref: string;
  absentIsDefault: boolean;
}): Values {
  const { written, live, answered, ref, absentIsDefault } = options;
  const entries = Object.entries(written).map(([name, value]): [string, unknown] => {
    const now = live[name];
    if (now === undefined && !(name in live)) return [name, absentIsDefault ? null : value];
    if (isSame({ written: value, live: now, ref })) return [name, value];
    return [name, name in answered && covers(answered[name], now) ? value : now];
  });
  return Object.fromEntries(entries);
}

/** The settings that the API answers in other words than they were written in. */
export function restated(options: { written: Values; live: Values; ref: string }): Values {
  const { written, live, ref } = options;
  const entries = Object.entries(written).filter(
    ([name, value]) => name in live && !isSame({ written: value, live: live[name], ref }),
  );
  return Object.fromEntries(entries.map(([name]) => [name, live[name]]));
}

/**
 * Whether `live` has everything of `written`. Objects are compared by the keys that were written; the order of lists
 * does not count (they are lists of addresses); null and absent are one, as the API takes null for "not set".
 */
function covers(written: unknown, live: unknown): boolean {
  if (isRecord(written) && isRecord(live)) {
    return Object.entries(written).every(([name, value]) => covers(value, live[name]));
  }
  if (Array.isArray(written) && Array.isArray(live)) return isDeepStrictEqual([...written].sort(), [...live].sort());
  return isDeepStrictEqual(written ?? null, live ?? null);
}

function isRecord(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
