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
export interface Loss {
  readonly urn: string;
  readonly how: "deletes" | "replaces";
}

/** What the platform never managed to set up has held nothing. */
const isEmpty = ({ outputs }: StateResource): boolean => outputs?.status === "INIT_FAILED";

/**
 * What planned steps would take away of resources that hold data or a credential, each once.
 * @param resources the state the plan starts from
 */
export function lossesOf(steps: readonly FinishedStep[], resources: readonly StateResource[]): Loss[] {
  const empty = new Set(resources.filter(isEmpty).map(({ urn }) => urn));
  const lost = steps.filter(({ type, op, urn }) => isKeeper(type) && takesAway(op) && !empty.has(urn));
  const urns = [...new Set(lost.map(({ urn }) => urn))];
  return urns.map((urn) => {
    const isReplaced = lost.some((step) => step.urn === urn && step.op.includes("replace"));
    return { urn, how: isReplaced ? "replaces" : "deletes" };
  });
}

/** As `--lose` takes them. */
export function namesOf(losses: readonly Loss[]): string {
  return losses.map(({ urn }) => resourceLabel(urn)).join(",");
}

/** `--lose "Project main,Branch other"`, taken apart. */
export function namesToLose(text: string): string[] {
  return text.split(",").flatMap((name) => name.trim() || []);
}

/** Who asks, and what was named as `Project main`. */
interface Asked extends Pick<UpOptions, "lose" | "howToLose"> {
  readonly attempted: string;
}

/** @throws RefusedError that names every loss that was not named, and how each is asked for */
export function requireNamed(losses: readonly Loss[], { attempted, lose = [], howToLose }: Asked): void {
  const unnamed = losses.filter(({ urn }) => !lose.includes(resourceLabel(urn)));
  if (unnamed.length === 0) return;
  throw new RefusedError({
    attempted,
    answered: `${unnamed.map(({ urn, how }) => `it ${how} ${resourceLabel(urn)}; data is lost`).join(". ")}. Nothing was changed`,
    next: `Take back the change that causes it. ${howToLose?.(namesOf(losses)) ?? ""}`.trim(),
  });
}

/**
 * Looks ahead at the resources that hold data, which is a fraction of a whole preview.
 * @param options.look what `up` would do to these resources; without any, to all of the stack
 * @throws RefusedError where one of them would be deleted or replaced and is not named in `lose`
 */
export async function refuseLosses(
  stack: string,
  options: Pick<UpOptions, "lose" | "howToLose" | "targets"> & {
    readonly resources: readonly StateResource[];
    readonly look: (targets: readonly string[] | undefined) => Promise<OperationResult>;
  },
): Promise<void> {
  const { targets, resources, look } = options;
  const keepers = resources.filter(({ type, urn }) => isKeeper(type) && (targets?.includes(urn) ?? true));
  const looked = keepers.filter((resource) => !isEmpty(resource)).map(({ urn }) => urn);
  if (looked.length === 0) return;
  let planned = await look(looked).catch((error: unknown) => {
    // One of them goes, or is made, together with something that was not looked at.
    if (error instanceof EngineError && /--target/.test(error.message)) return undefined;
    throw error;
  });
  // A resource that the program calls by another name than the state is looked at only with all the others.
  const isWhole = looked.every((urn) => planned?.steps.some((step) => step.urn === urn && step.op !== "refresh"));
  if (!planned || !isWhole) planned = await look(targets);
  const byName = (names: string) => `To lose it all the same, name it: npm run up -- ${stack} --lose "${names}"`;
  const { lose, howToLose = byName } = options;
  requireNamed(lossesOf(planned.steps, resources), { attempted: `up of stack ${stack}`, lose, howToLose });
}
