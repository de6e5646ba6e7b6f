import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { OperationResult, StackOutputs } from "../../engine/result.ts";
import { isRunner, maskSecrets } from "../github/mask.ts";
import { type NewMigrations, newMigrations } from "../review/migrations.ts";
import { withDatabase } from "../session/environment-report.ts";
import { branchNameOf, projectNameOf } from "../session/stack-names.ts";
import { configText, openPreview, type PrContext, previewStacks, whenFree, withPreviewLock } from "./context.ts";
import { removePreview } from "./down.ts";
import { findHome } from "./home.ts";
import { type Recorded, recordedIn } from "./ownership.ts";
import { rewrittenMigrations } from "./rewritten.ts";
import {
  type CatalogMode,
  configOf,
  expiryOf,
  type Isolation,
  isolations,
  milliseconds,
  readStamp,
  type Stamp,
} from "./stamp.ts";

export interface UpOptions {
  readonly number: number;
  /** Default: the one it was made with, else `tailfire:prIsolation`, else `project`. */
  readonly isolation?: Isolation | undefined;
  /** Life time such as 7d. Renews that of an existing preview; default for a new one `tailfire:prTtl`, else 7d. */
  readonly ttl?: string | undefined;
  /** Git revision of the base branch. */
  readonly base: string;
}

/** What `up` did and made. Holds no secret. */
export interface UpReport {
  readonly stamp: Stamp;
  readonly result: OperationResult;
  readonly added: NewMigrations;
  /** What an environment there was had to go for, in words; undefined where it was kept. */
  readonly replaced: string | undefined;
  readonly ref: string;
  readonly apiUrl: string | undefined;
  readonly database: string;
  readonly migrationsApplied: number;
  /** Where the catalog is a copy: when it was taken, and how its shape differs from Production's, in words. */
  readonly copied: { readonly takenAt: string; readonly notes: readonly string[] } | undefined;
  readonly seconds: number;
}

const SAILINGS = 300;

/** Makes the preview of a pull request, or brings it up to date. Safe to repeat, and after a crash. */
export function upPreview(context: PrContext, options: UpOptions): Promise<UpReport> {
  return withPreviewLock(context, options.number, async () => {
    const began = Date.now();
    const added = await newMigrations(options.base);
    const found = (await previewStacks(context)).get(options.number);
    const state = await found?.readState();
    const before = readStamp(state);
    const stamp = stampFor(context, options, before, catalogFor(context, added, options, before));
    const replaced = replacementReason(before, stamp) ?? (await rewrittenMigrations(state));
    const recorded = recordedIn(replaced ? undefined : state);
    // Refuses where its home is missing, before what there is goes.
    const make = await findHome(context, stamp, recorded);
    if (replaced) {
      const text = `Making the preview of pull request ${options.number} again: ${replaced}. ${goesWith(recordedIn(state))}`;
      context.onProgress({ kind: "line", text });
      const { problems } = await removePreview(context, options.number);
      if (problems.length > 0) throw new Error(problems.join("\n"));
    }
    const made = await makePreview(context, stamp, { recorded, make });
    return { stamp, added, replaced, ...made, seconds: (Date.now() - began) / 1000 };
  });
}

type Made = Pick<UpReport, "result" | "ref" | "apiUrl" | "database" | "migrationsApplied" | "copied">;

async function makePreview(
  context: PrContext,
  stamp: Stamp,
  { recorded, make }: { readonly recorded: Recorded; readonly make: Awaited<ReturnType<typeof findHome>> },
): Promise<Made> {
  const { project, mark } = context;
  // The program pulls in the engine's SDK; help and refusals answer without it.
  const { previewProgram } = await import("./program.ts");
  // Making the home and opening the stack both start the engine once, so they do it at the same time.
  const home = make?.();
  const names = {
    project: projectNameOf(project, stamp.number, mark),
    branch: recorded.branchName ?? branchNameOf(stamp.number, mark),
  };
  const opening = openPreview(context, stamp.number, {
    program: previewProgram({ stamp, home, names }),
    config: configOf(stamp),
  });
  const [{ stack }] = await Promise.all([opening, home]);
  const again = `To make this preview again, with sample rows only: npm run pr -- down ${stamp.number}, then up ${stamp.number}`;
  const result = await whenFree(context, () => stack.up({ refresh: true, howToLose: () => again }));
  const outputs = await readOutputs(stack, stamp);
  if (stamp.catalog === "local" && stamp.isolation !== "database") await seedCatalog(outputs);
  return {
    result,
    ref: String(outputs.ref?.value),
    apiUrl: outputs.apiUrl === undefined ? undefined : String(outputs.apiUrl.value),
    database: String(outputs.database?.value),
    migrationsApplied: Number(outputs.migrationsApplied?.value),
    copied: copyIn(outputs),
  };
}

function copyIn(outputs: StackOutputs): UpReport["copied"] {
  const [takenAt, notes] = [outputs.catalogTakenAt?.value, outputs.catalogNotes?.value];
  if (typeof takenAt !== "string") return undefined;
  return { takenAt, notes: Array.isArray(notes) ? notes.map(String) : [] };
}

/** Secrets are read where somebody needs them: to seed, or for a runner to hide them. */
async function readOutputs(stack: EnvironmentStack, { isolation, catalog }: Stamp): Promise<StackOutputs> {
  const seeds = isolation !== "database" && catalog === "local";
  const outputs = await stack.outputs({ showSecrets: seeds || isRunner() });
  maskSecrets(outputs);
  return outputs;
}

async function seedCatalog(outputs: StackOutputs): Promise<void> {
  await withDatabase(outputs, async ({ $client }) => {
    const [catalog] = await $client`select to_regclass('catalog.cruise_sailings') is not null as there`;
    if (catalog?.there) await loadSampleCatalog($client, { sailings: SAILINGS });
  });
}

function catalogFor(
  context: PrContext,
  added: NewMigrations,
  options: UpOptions,
  before: Stamp | undefined,
): CatalogMode {
  const isolation = isolationFor(context, options, before);
  const wanted = configText(context, "catalog");
  if (isolation === "database" || (wanted !== "subscribe" && wanted !== "snapshot")) return "local";
  // Production does not have the shape yet that such a migration makes; a copy of its rows can take it on.
  return wanted === "snapshot" || added.onCatalog.length > 0 ? "snapshot" : "foreign";
}

function isolationFor(context: PrContext, options: UpOptions, before: Stamp | undefined): Isolation {
  const wanted = options.isolation ?? before?.isolation ?? configText(context, "prIsolation") ?? "project";
  const found = isolations.find((isolation) => isolation === wanted);
  if (found) return found;
  throw new Error(
    `Choosing the isolation of a preview failed: "${wanted}" is none of ${isolations.join(", ")}. Correct tailfire:prIsolation in Pulumi.preview.yaml.`,
  );
}

function stampFor(context: PrContext, options: UpOptions, before: Stamp | undefined, catalog: CatalogMode): Stamp {
  const { number, ttl } = options;
  const life = milliseconds(ttl ?? configText(context, "prTtl") ?? "7d");
  if (life === 0) {
    throw new RangeError(
      `Making the preview of pull request ${number} failed: it would be over at once. Nothing was changed. Give --ttl, or tailfire:prTtl, more than 0.`,
    );
  }
  const now = new Date();
  return {
    number,
    createdAt: before?.createdAt ?? now.toISOString(),
    expiresAt: expiryOf({ before, renewed: ttl !== undefined, life, now }),
    isolation: isolationFor(context, options, before),
    catalog,
  };
}

/** What goes before a preview is made again: docs/decisions/0020 says why it asks no one. */
function goesWith({ ids, databases }: Recorded): string {
  const parts = databases.size > 0 && ids.size === 0 ? [...databases] : [...ids];
  return `Removed first, with what was tried in it: ${parts.join(", ") || "nothing recorded"}`;
}

/**
 * What an `up` cannot do in place: moving, and dropping the rows of a catalog, which may hold what was tried. Foreign
 * tables turn into a copy by themselves.
 */
function replacementReason(before: Stamp | undefined, now: Stamp): string | undefined {
  if (!before) return undefined;
  if (before.isolation !== now.isolation) return `its isolation changes from ${before.isolation} to ${now.isolation}`;
  if (before.catalog === "foreign" && now.catalog === "snapshot") return undefined;
  if (before.catalog !== now.catalog) return `its catalog changes from ${before.catalog} to ${now.catalog}`;
  return undefined;
}
