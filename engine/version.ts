/** A released version of the engine, in the shape the Automation API expects of one. */
export interface EngineVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  compare(other: string): number;
  toString(): string;
}

/** Reads `v3.258.0` and the like; `undefined` for anything else, such as an engine built without its version. */
export function parseVersion(text: string): EngineVersion | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text.trim());
  if (!match) return undefined;
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return {
    major,
    minor,
    patch,
    compare(other) {
      const right = parseVersion(other);
      if (!right) throw new TypeError(`"${other}" is not a version`);
      return Math.sign(major - right.major || minor - right.minor || patch - right.patch);
    },
    toString: () => `${major}.${minor}.${patch}`,
  };
}
