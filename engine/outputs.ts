import type { Deployment } from "./backend.ts";

/** How the engine marks a secret in a state. https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig.go */
const MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The outputs of a stack as its state holds them, with `[secret]` for every secret: as `pulumi stack output --json`. */
export function maskedOutputs(deployment: Deployment | undefined): Record<string, unknown> {
  const stack = deployment?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack");
  return Object.fromEntries(Object.entries(stack?.outputs ?? {}).map(([name, value]) => [name, mask(value)]));
}

function mask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== "object" || value === null) return value;
  if (Object.entries(value).some(([name, mark]) => name === MARK && mark === SECRET)) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mask(part)]));
}

/** A value as `pulumi stack export --show-secrets` writes it, with every secret as what it is. */
export function inClear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inClear);
  if (typeof value !== "object" || value === null) return value;
  const held = value as Record<string, unknown>;
  if (held[MARK] === SECRET && typeof held.plaintext === "string") return inClear(JSON.parse(held.plaintext));
  return Object.fromEntries(Object.entries(held).map(([name, part]) => [name, inClear(part)]));
}
