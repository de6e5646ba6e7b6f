import { isDeepStrictEqual } from "node:util";
import type { StateResource } from "./backend.ts";
import { EngineError, RefusedError } from "./error.ts";
import { resourceLabel } from "./events.ts";
import type { FinishedStep, OperationResult, UpOptions } from "./result.ts";
import type { DeclaredResource } from "./sdk-patches/declared.ts";

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
interface Loss {
  readonly urn: string;
  readonly how: "deletes" | "replaces";
}

/** Where providers read the names of what may be lost. */
export const LOSE = "TAILFIRE_LOSE";

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
  options: Pick<UpOptions, "lose" | "targets"> & {
    readonly keepers: readonly StateResource[];
    readonly look: (targets: readonly string[] | undefined) => Promise<OperationResult>;
  },
): Promise<void> {
  const { lose = [], targets, keepers, look } = options;
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
  const losses = lossesOf(planned.steps, { empty: [...empty, ...within(keepers, lose)], named: lose });
  if (losses.length > 0) throw refusal(stack, losses);
}
