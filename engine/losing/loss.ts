import { isDeepStrictEqual } from "node:util";
import type { StateResource } from "../backend.ts";
import { EngineError, RefusedError } from "../error.ts";
import { resourceLabel } from "../events.ts";
import type { FinishedStep, OperationResult, UpOptions } from "../result.ts";
import type { DeclaredResource } from "../sdk-patches/declared.ts";

/**
 * Kinds of which deleting or replacing one loses what no program can make again: rows, files, credentials in use. Of those
 * of this project's providers, the inputs that make one another one; of others, such as a bucket, it is not known.
 */
const KEEPERS: Readonly<Record<string, readonly string[] | undefined>> = {
  "supabase:index/project:Project": ["region", "organizationId"],
  "supabase:index/branch:Branch": ["parentProjectRef", "region", "withData", "instanceSize"],
  "supabase:index/edgeFunctionSecrets:EdgeFunctionSecrets": ["projectRef"],
  "supabase:index/apikey:Apikey": ["type", "projectRef"],
  "database:index:Password": [],
  "database:index:VaultSecret": ["projectRef", "name"],
};
const KEEPER_NAMES = new Set(["Database", "Bucket", ...Object.keys(KEEPERS).map(lastPart)]);

function lastPart(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

/** Whether this kind of resource holds data or a credential. */
export function isKeeper(type: string): boolean {
  return KEEPER_NAMES.has(lastPart(type));
}

/** Inputs that make a resource of this kind another one; undefined where that is not known. */
export function identityOf(type: string): readonly string[] | undefined {
  return KEEPERS[type];
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

/** Projects that their program allows to be replaced, by the name they have; labels as `Project main`. */
export function replaceableBy(declared: readonly DeclaredResource[], keepers: readonly StateResource[]): string[] {
  return keepers.flatMap(({ urn, outputs }) => {
    const name = declared.find((one) => one.urn === urn)?.inputs.replaceProject;
    return typeof name === "string" && name === outputs?.name ? [resourceLabel(urn)] : [];
  });
}

/** Those that lie in a project, or branch, that is lost by name: they go with it, and need no yes of their own. */
function within(keepers: readonly StateResource[], named: readonly string[]): readonly StateResource[] {
  const refs = keepers.filter(({ urn }) => named.includes(resourceLabel(urn))).map(({ outputs }) => outputs?.ref);
  const isIn = (ref: unknown) => ref !== undefined && refs.includes(ref);
  return keepers.filter(({ inputs }) => isIn(inputs?.projectRef) || isIn(inputs?.parentProjectRef));
}

/** The resources in question: those that hold something, or may. */
export function keepersOf(
  resources: readonly StateResource[],
  targets: readonly string[] | undefined,
): readonly StateResource[] {
  return resources.filter(({ type, urn }) => isKeeper(type) && (targets?.includes(urn) ?? true));
}

/**
 * Whether a program plainly leaves all of them: each is declared as it is recorded, in all that could make another one
 * of it. Anything that is not plain is for the engine to tell.
 */
export function leavesAll(keepers: readonly StateResource[], declared: readonly DeclaredResource[]): boolean {
  const kept = new Set(keepers.map(({ urn }) => urn));
  return keepers.every((keeper) => {
    const one = declared.find(({ urn }) => urn === keeper.urn);
    const identity = identityOf(keeper.type);
    if (!one || !identity || one.isReplacedByOptions || keeper.taint || keeper.pendingReplacement) return false;
    if (one.importId !== "" && one.importId !== keeper.id) return false;
    return identity.every((name) => {
      // Made from what is replaced itself, it would not be known.
      if ((one.sources[name] ?? []).some((urn) => !kept.has(urn))) return false;
      return isDeepStrictEqual(one.inputs[name], keeper.inputs?.[name]);
    });
  });
}

/**
 * Looks ahead at the resources that hold data, which is a fraction of a whole preview.
 * @param options.keepers from {@link keepersOf}
 * @param options.look what `up` would do to these resources; without any, to all of the stack
 * @throws RefusedError where one of them would be deleted or replaced and is not named in `lose`
 */
export async function refuseLosses(
  stack: string,
  options: Pick<UpOptions, "lose" | "howToLose" | "targets"> & {
    readonly keepers: readonly StateResource[];
    readonly look: (targets: readonly string[] | undefined) => Promise<OperationResult>;
  },
): Promise<void> {
  const { lose = [], targets, keepers, look } = options;
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
  const { howToLose = byName } = options;
  const inside = new Set(within(keepers, lose).map(({ urn }) => urn));
  const losses = lossesOf(planned.steps, keepers).filter(({ urn }) => !inside.has(urn));
  requireNamed(losses, { attempted: `up of stack ${stack}`, lose, howToLose });
}
