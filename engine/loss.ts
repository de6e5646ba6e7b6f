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

/** Whether a step takes a resource away, for good or to make another in its place. */
export function takesAway(op: string): boolean {
  return /delete|replace/.test(op);
}

/** What is refused unless it was named. */
interface Loss {
  readonly urn: string;
  readonly how: "deletes" | "replaces";
}

/** What planned steps would take away of keepers, each once, without those named as `Project main`. */
function lossesOf(
  steps: readonly FinishedStep[],
  options: { readonly empty: readonly StateResource[]; readonly named: readonly string[] },
): Loss[] {
  const lost = steps.filter(({ type, op }) => isKeeper(type) && takesAway(op));
  const urns = [...new Set(lost.map(({ urn }) => urn))].filter(
    (urn) => !options.named.includes(resourceLabel(urn)) && !options.empty.some((resource) => resource.urn === urn),
  );
  return urns.map((urn) => {
    const isReplaced = lost.some((step) => step.urn === urn && step.op.includes("replace"));
    return { urn, how: isReplaced ? "replaces" : "deletes" };
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
  const keepers = resources.filter(({ type, urn }) => isKeeper(type) && (targets?.includes(urn) ?? true));
  // What the platform never managed to set up has held nothing.
  const empty = keepers.filter(({ outputs }) => outputs?.status === "INIT_FAILED");
  const looked = keepers.filter((resource) => !empty.includes(resource)).map(({ urn }) => urn);
  if (looked.length === 0) return;
  let planned = await look(looked).catch((error: unknown) => {
    // One of them goes, or is made, together with something that was not looked at.
    if (error instanceof EngineError && /--target/.test(error.message)) return undefined;
    throw error;
  });
  // A resource that the program calls by another name than the state is looked at only with all the others.
  const isWhole = looked.every((urn) => planned?.steps.some((step) => step.urn === urn && step.op !== "refresh"));
  if (!planned || !isWhole) planned = await look(targets);
  const losses = lossesOf(planned.steps, { empty, named: lose });
  if (losses.length > 0) throw refusal(stack, losses);
}
