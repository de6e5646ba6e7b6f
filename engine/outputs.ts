import { type Deployment, type LocalBackend, readCheckpoint } from "./backend.ts";
import type { CommandOutput } from "./command.ts";
import type { StackOutputs } from "./result.ts";

/** How the engine marks a secret in a state. https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig.go */
const MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The outputs of a stack as its state holds them, with `[secret]` for every secret: as `pulumi stack output --json`. */
function maskedOutputs(deployment: Deployment | undefined): Record<string, unknown> {
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

/** Where outputs are read from: the file of a local stack, else the engine. */
interface Source {
  readonly backend: LocalBackend | undefined;
  readonly command: (args: readonly string[]) => Promise<CommandOutput>;
}

/** The outputs of the last `up`; secret values are `[secret]` unless `showSecrets` is given. */
export async function readOutputs(
  { backend, command }: Source,
  { showSecrets }: { readonly showSecrets?: boolean | undefined },
): Promise<StackOutputs> {
  const read = async (...more: string[]): Promise<Record<string, unknown>> =>
    JSON.parse((await command(["stack", "output", "--json", ...more])).stdout);
  // Only what is encrypted needs the engine, which takes half a second to start.
  const [masked, opened] = await Promise.all([
    backend ? readCheckpoint(backend).then(maskedOutputs) : read(),
    showSecrets ? read("--show-secrets") : undefined,
  ]);
  const entries = Object.entries(opened ?? masked);
  return Object.fromEntries(entries.map(([name, value]) => [name, { value, secret: masked[name] === "[secret]" }]));
}
