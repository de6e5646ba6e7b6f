import { join } from "node:path";
import { type Deployment, locksHeld, type StateResource } from "../../engine/backend.ts";
import { EngineError, RefusedError, StackBusyError } from "../../engine/error.ts";
import { resourceLabel } from "../../engine/events.ts";
import type { Cloud } from "../../engine/guard.ts";
import { type FoundStack, listStacks, removeStack } from "../../engine/list.ts";
import type { Management } from "../../providers/management/access.ts";
import { hostedPlatform, removeBranch, removeProject } from "../platform/account.ts";
import { localPlatform, openLocalCloud } from "./local-cloud.ts";
import { isPullRequestStack } from "./stack-names.ts";

/** Which stack is to go without its database and its passphrase. */
export interface ForgetOptions {
  readonly stack: string;
  readonly cloud: Cloud;
  readonly dataDir: string;
  readonly onLine?: ((line: string) => void) | undefined;
  /** What to run again where the platform did not finish. */
  readonly again: string;
}

/** A stack that can be removed by what its state says in clear and a token of the Management API alone. */
export interface Forgettable {
  /** What goes, and what cannot be reached this way and stays, one line each. */
  readonly lines: readonly string[];
  /** Labels of resources that are protected. */
  readonly protected: readonly string[];
  readonly remove: () => Promise<void>;
}

/** A project or branch of a stack: with it goes every database in it. */
interface Home {
  readonly kind: "Project" | "Branch";
  readonly id: string;
  readonly name: string;
}

/**
 * Looks at what removing a stack would take along, without asking its database whose it is and without its passphrase.
 * Previews that live in the project of stack `preview` go with it.
 * @throws RefusedError where there is no such stack, or no token
 */
export async function forgettable(options: ForgetOptions): Promise<Forgettable> {
  const { stack, cloud, dataDir } = options;
  const search = { cloud, dataDir, settingsDir: join(dataDir, "hosted", "listing") };
  const stacks = await listStacks(search);
  const found = stacks.find(({ name }) => name === stack);
  const attempted = `destroy of stack ${stack} without its database`;
  if (!found) {
    const known = stacks.map(({ name }) => name).join(", ") || "none";
    throw new RefusedError({
      attempted,
      answered: `there is no such stack in this backend; there is: ${known}. Nothing was changed`,
      next: "Check its name, --cloud and PULUMI_BACKEND_URL.",
    });
  }
  const resources = (await found.readState())?.resources ?? [];
  const homes = homesOf(resources);
  const inside = homes.length > 0 && stack === "preview" ? await livingInside(stacks, homes) : [];
  return {
    lines: [
      ...homes.map(homeLine),
      ...inside.map(({ name }) => `- stack ${name}, which lives in it`),
      ...staying(resources, homes),
    ],
    protected: resources.filter(({ protect }) => protect).map(({ urn }) => resourceLabel(urn)),
    remove: async () => {
      await requireIdle(options, attempted);
      const platform = await platformOf(options, attempted);
      for (const home of homes) await removeHome(platform, home, options);
      for (const { name } of [...inside, found]) await removeStack({ ...search, stack: name });
    },
  };
}

function homesOf(resources: readonly StateResource[]): Home[] {
  const homes = resources.flatMap(({ type, id, outputs }): Home[] => {
    const kind = /:(Project|Branch)$/.exec(type)?.[1];
    if (id === undefined || (kind !== "Project" && kind !== "Branch")) return [];
    return [{ kind, id, name: String(outputs?.name ?? id) }];
  });
  // A branch that is deleted with its project would be gone when its turn comes.
  return homes.sort((one, other) => one.kind.localeCompare(other.kind));
}

const homeLine = ({ kind, id, name }: Home): string => `- ${kind.toLowerCase()} ${name} (${id}), by this ref alone`;

/** Stacks of pull requests that are a branch or a database of one of these projects. */
async function livingInside(stacks: readonly FoundStack[], homes: readonly Home[]): Promise<FoundStack[]> {
  const refs = homes.map(({ id }) => id);
  const found = stacks
    .filter(({ name }) => isPullRequestStack(name))
    .map(async (stack) => {
      const state = await stack.readState().catch((): Deployment | undefined => undefined);
      const resources = state?.resources ?? [];
      const hasOwn = resources.some(({ type }) => type.endsWith(":Project"));
      const isInside = !hasOwn && resources.some(({ outputs }) => refs.includes(String(outputs?.projectRef)));
      return isInside ? [stack] : [];
    });
  return (await Promise.all(found)).flat();
}

/** What is neither a project nor in one of them. */
function staying(resources: readonly StateResource[], homes: readonly Home[]): string[] {
  const handOffs = resources.filter(({ type }) => type.endsWith(":HandOff")).map(({ urn }) => resourceLabel(urn));
  const lines = handOffs.map((label) => `! the file of ${label} stays`);
  if (homes.length > 0) return lines;
  const databases = resources.filter(({ type }) => type === "pulumi:providers:database");
  const rest = databases.map(
    ({ outputs }) =>
      `! database ${String(outputs?.database)} of project ${String(outputs?.projectRef)} stays, if it is there`,
  );
  return [...lines, ...rest];
}

async function platformOf({ stack, cloud, dataDir, onLine }: ForgetOptions, attempted: string): Promise<Management> {
  if (cloud === "local") return localPlatform(await openLocalCloud({ dataDir, onProgress: onLine }), stack);
  const platform = hostedPlatform();
  if (platform) return platform;
  throw new RefusedError({
    attempted,
    answered: "SUPABASE_ACCESS_TOKEN is not set. Nothing was changed",
    next: "Set it to a token of a member of the organization.",
  });
}

async function requireIdle({ stack, cloud, dataDir }: ForgetOptions, attempted: string): Promise<void> {
  const held = cloud === "local" ? await locksHeld(dataDir) : [];
  const holder = held.find((lock) => lock.stack === stack);
  if (!holder) return;
  throw new StackBusyError({
    attempted,
    answered: `process ${holder.pid} is working on it`,
    next: "Wait until that one ends and run the command again.",
  });
}

async function removeHome(platform: Management, { kind, id, name }: Home, { again }: ForgetOptions): Promise<void> {
  const named = { ref: id, name, createdAt: "" };
  try {
    if (kind === "Project") await removeProject(platform, named, { again });
    else await removeBranch(platform, { ...named, branchId: id }, { again });
  } catch (error) {
    throw new EngineError(
      {
        attempted: `Deleting ${kind.toLowerCase()} ${name} (${id})`,
        answered: error instanceof Error ? error.message : String(error),
        next: `Its stack is kept. Run again: ${again}`,
      },
      { cause: error },
    );
  }
}
