import type { StateResource } from "./backend.ts";
import { EngineError, RefusedError } from "./error.ts";
import { resourceLabel } from "./events.ts";
import type { FinishedStep, OperationResult, UpOptions } from "./result.ts";

/** Kinds of which deleting or replacing one loses what no program can make again: rows, files, credentials in use. */
const KEEPERS = new Set([
  "Project",
  "Branch",
  "Database",
  "Bucket",
  "Password",
  "VaultSecret",
  "EdgeFunctionSecrets",
  "Apikey",
]);

/** Whether this kind of resource holds data or a credential. */
export function isKeeper(type: string): boolean {
  return KEEPERS.has(type.slice(type.lastIndexOf(":") + 1));
}

/** Resources in the state that hold data or a credential. */
function keepersIn(resources: readonly StateResource[]): readonly StateResource[] {
  // What the platform never managed to set up has held nothing.
  return resources.filter(({ type, outputs }) => isKeeper(type) && outputs?.status !== "INIT_FAILED");
}

/** Whether a step takes a resource away, for good or to make another in its place. */
export function takesAway(op: string): boolean {
  return /delete|replace/.test(op);
}

/** What is refused unless it was named. */
interface Loss {
  readonly urn: string;
  readonly how: "deletes" | "replaces";
}

/** The keepers that planned steps would take away, each once, without those named as `Project prod`. */
function lossesOf(
  steps: readonly Pick<FinishedStep, "op" | "urn">[],
  options: { readonly keepers: readonly StateResource[]; readonly named: readonly string[] },
): Loss[] {
  const { keepers, named } = options;
  return keepers.flatMap(({ urn }): Loss[] => {
    const ops = steps.filter((step) => step.urn === urn && takesAway(step.op)).map(({ op }) => op);
    if (ops.length === 0 || named.includes(resourceLabel(urn))) return [];
    return [{ urn, how: ops.some((op) => op.includes("replace")) ? "replaces" : "deletes" }];
  });
}

/** The refusal that names every one of them, and how each is asked for. */
function refusal(stack: string, losses: readonly Loss[]): RefusedError {
  const labels = losses.map(({ urn }) => resourceLabel(urn));
  return new RefusedError({
    attempted: `up of stack ${stack}`,
    answered: `${losses.map(({ urn, how }) => `it ${how} ${resourceLabel(urn)}; data is lost`).join(". ")}. Nothing was changed`,
    next: `Take back the change that causes it. To lose it all the same, name it: npm run up -- ${stack} --lose "${labels.join(",")}"`,
  });
}

/**
 * Looks ahead at the resources that hold data, which is a fraction of a whole preview.
 * @param options.look what `up` would do to these resources; without any, to all of the stack
 * @throws RefusedError where one of them would be deleted or replaced and is not named in `lose`
 */
export async function refuseLosses(
  stack: string,
  options: Pick<UpOptions, "lose" | "targets"> & {
    readonly resources: readonly StateResource[];
    readonly look: (targets: readonly string[] | undefined) => Promise<OperationResult>;
  },
): Promise<void> {
  const { lose = [], targets, resources, look } = options;
  const keepers = keepersIn(resources).filter(({ urn }) => targets?.includes(urn) ?? true);
  if (keepers.length === 0) return;
  const planned = await look(keepers.map(({ urn }) => urn)).catch((error: unknown) => {
    // One of them goes, or is made, together with something that was not looked at.
    if (error instanceof EngineError && /--target/.test(error.message)) return look(targets);
    throw error;
  });
  const losses = lossesOf(planned.steps, { keepers, named: lose });
  if (losses.length > 0) throw refusal(stack, losses);
}
