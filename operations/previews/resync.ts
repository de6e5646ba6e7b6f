import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { InterruptedError } from "../../engine/error.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { followPublisher } from "../../providers/database/foreign/establish.ts";
import type { Source } from "../../providers/database/foreign/source.ts";
import { maskSecrets } from "../github/mask.ts";
import { withDatabase } from "../session/environment-report.ts";
import { pendingMigrations } from "../session/pending.ts";
import { openSession } from "../session/session.ts";
import { numberOf } from "../session/stack-names.ts";
import { allStacks, openPreview, type PrContext, withPreviewLock } from "./context.ts";
import { takeInventory } from "./inventory.ts";
import { goingOn, type Problems } from "./problems.ts";

/** What following Production's catalog changed in one subscriber. */
export interface Resynced {
  readonly stack: string;
  /** Of the pull request; undefined for a stack of its own, such as the shared preview. */
  readonly number: number | undefined;
  readonly changes: number;
  /** Tags of migrations of this checkout that it lacks: following deploys none. */
  readonly pending: readonly string[];
  /** Why it could not follow: it is stale until its next `up`. */
  readonly error?: string;
}

/**
 * Makes the foreign tables of every subscriber what Production's catalog is now: the shared preview first, then other stacks
 * of this backend, then the live previews of pull requests. One that fails does not keep the others.
 */
export async function resyncSubscribers(
  context: PrContext,
): Promise<{ subscribers: Resynced[]; problems: readonly string[] }> {
  const own: Problems = [];
  const done: Resynced[] = [];
  for (const stack of await namedSubscribers(context, own)) {
    done.push(await outcome({ stack, number: undefined }, () => followNamed(context, stack)));
  }
  const { previews, problems } = await takeInventory(context);
  for (const { number, stamp, state } of previews) {
    if (state !== "ready" || stamp?.catalog !== "foreign") continue;
    const work = () => withPreviewLock(context, number, async () => follow((await openPreview(context, number)).stack));
    // What a pull request's preview lacks is on its own branch: main's migrations are none of it.
    done.push(
      await outcome({ stack: `preview-pr-${number}`, number }, async () => ({ changes: await work(), pending: [] })),
    );
  }
  return { subscribers: done, problems: [...own, ...problems] };
}

async function outcome(
  about: Pick<Resynced, "stack" | "number">,
  work: () => Promise<Pick<Resynced, "changes" | "pending">>,
): Promise<Resynced> {
  try {
    return { ...about, ...(await work()) };
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return { ...about, changes: 0, pending: [], error: error instanceof Error ? error.message : String(error) };
  }
}

/** Stacks that read the catalog through foreign tables and are no pull request's, `preview` first. */
async function namedSubscribers(context: PrContext, problems: Problems): Promise<string[]> {
  const names: string[] = [];
  for (const { name, readState } of await allStacks(context)) {
    if (numberOf(name) !== undefined) continue;
    const state = await goingOn(problems, `Stack ${name}`, readState);
    if (state?.resources?.some(({ type }) => type === "database:index:ForeignCatalog")) names.push(name);
  }
  return names.sort((one, other) => Number(other === "preview") - Number(one === "preview") || (one < other ? -1 : 1));
}

async function followNamed(context: PrContext, name: string): Promise<Pick<Resynced, "changes" | "pending">> {
  const { cloud, dataDir, onProgress } = context;
  const { stack } = await openSession({ stack: name, cloud, dataDir, onProgress, program: async () => ({}) });
  return { changes: await follow(stack), pending: await pendingMigrations(stack) };
}

async function follow(stack: EnvironmentStack): Promise<number> {
  const outputs = await stack.outputs({ showSecrets: true });
  maskSecrets(outputs);
  return withDatabase(outputs, async ({ $client: sql }) => {
    const [row] = await sql<{ source: Source }[]>`select environment.catalog_source() as source`;
    if (!row) throw new Error("environment.catalog_source answered no row");
    const wanted = { ...row.source, tables: catalogTableNames };
    return (await sql.begin((transaction) => followPublisher(transaction, wanted))).length;
  });
}

/** One line for people, and one for what stays pending. */
export function resyncLines({ stack, number, changes, pending, error }: Resynced): string[] {
  const name = number === undefined ? stack : `#${number}`;
  if (error !== undefined) return [`${name} is stale: ${error}`];
  return [
    `${name} follows: ${changes} differences corrected`,
    ...(pending.length > 0 ? [`${name}: pending, and deployed by npm run up -- ${stack}: ${pending.join(", ")}`] : []),
  ];
}
