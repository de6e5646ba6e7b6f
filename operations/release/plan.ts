import { createHash } from "node:crypto";
import { plan as planMigrations } from "../../db/migrate/apply.ts";
import { connectForMigrations } from "../../db/migrate/connect.ts";
import { readMigrations } from "../../db/migrate/journal.ts";
import { RefusedError } from "../../engine/error.ts";
import { resourceLabel } from "../../engine/events.ts";
import { keepersOf, type Loss, lossesOf, namesOf } from "../../engine/losing/loss.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { migrationsFolder } from "../../engine/paths.ts";
import { isPlumbing } from "../../engine/reporter.ts";
import { type Analysis, analyse } from "../review/analysis.ts";
import { touchesCatalog } from "../review/migrations.ts";
import { loginOf } from "../session/login.ts";

/** What a release would do to Production. Holds no secret. */
export interface ReleasePlan {
  /** SHA-256 of all below that matters: what was approved is applied, or nothing. */
  readonly digest: string;
  readonly stack: string;
  /** Reference of the project; undefined before its first release. */
  readonly ref: string | undefined;
  readonly steps: readonly {
    readonly op: string;
    readonly resource: string;
    readonly differences: readonly string[];
  }[];
  readonly pending: readonly { readonly tag: string; readonly hash: string }[];
  readonly analysis: Analysis;
  /** Why somebody has to approve; empty where nothing is taken away. */
  readonly destructive: readonly string[];
  /** Resources that hold data or a credential and would go with it: `apply` takes the name of each. */
  readonly losses: readonly Loss[];
  /** Whether live previews have to follow afterwards. */
  readonly changesCatalog: boolean;
}

/** Compares Production with this checkout. Changes nothing there. @throws RefusedError where the runner would refuse */
export async function planRelease(stack: EnvironmentStack): Promise<ReleasePlan> {
  const recorded = await stack.resources();
  // A plan only tells what goes: `apply` is what has to be told.
  const lose = keepersOf(recorded, undefined).map(({ urn }) => resourceLabel(urn));
  const preview = await stack.preview({ refresh: true, lose });
  const steps = preview.steps
    .filter((step) => !isPlumbing(step) && !["same", "read", "refresh"].includes(step.op))
    .map(({ op, urn, differences }) => ({ op, resource: urn, differences: [...differences].sort() }))
    .sort((a, b) => (a.resource + a.op < b.resource + b.op ? -1 : 1));
  const { ref, tags } = await pendingOn(stack);
  const migrations = (await readMigrations(migrationsFolder)).filter(({ tag }) => tags.includes(tag));
  const analysis = await analyse(ref === undefined ? [] : migrations);
  const gone = steps.filter(({ op }) => /delete|replace/.test(op)).map(({ op, resource }) => `${op} ${resource}`);
  const destructive = [
    ...gone,
    ...analysis.migrations.flatMap(({ tag, destructive: found }) => found.map((text) => `${tag}: ${text}`)),
  ];
  const pending = migrations.map(({ tag, hash }) => ({ tag, hash }));
  const digest = createHash("sha256").update(JSON.stringify({ stack: stack.name, ref, steps, pending, destructive }));
  return {
    digest: digest.digest("hex"),
    stack: stack.name,
    ref,
    steps,
    pending,
    analysis,
    destructive,
    losses: lossesOf(preview.steps, recorded),
    changesCatalog: migrations.some(touchesCatalog),
  };
}

/** What the ledger of Production lacks: it decides, not the branch. */
async function pendingOn(stack: EnvironmentStack): Promise<{ ref: string | undefined; tags: string[] }> {
  const outputs = await stack.outputs({ showSecrets: true });
  const ref = outputs.ref?.value;
  if (typeof ref !== "string")
    return { ref: undefined, tags: (await readMigrations(migrationsFolder)).map(({ tag }) => tag) };
  const sql = connectForMigrations(loginOf(outputs), { applicationName: "release plan" });
  try {
    const planned = await planMigrations(sql, { folder: migrationsFolder });
    if (planned.refusals.length > 0) {
      throw new RefusedError({
        attempted: `Planning a release to ${stack.name}`,
        answered: planned.refusals.map(({ message }) => message).join("; "),
        next: "Nothing was changed. Resolve this first: npm run db:status names each migration.",
      });
    }
    return { ref, tags: planned.pending.map(({ tag }) => tag) };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The plan as lines for people. */
export function releaseLines(plan: ReleasePlan): string[] {
  const { steps, pending, analysis, destructive, losses, digest } = plan;
  const locks = analysis.migrations.flatMap(({ tag, locks: taken }) =>
    (taken ?? []).map(({ table, mode }) => `    ${tag} locks ${table} ${mode}`),
  );
  return [
    `Release to ${plan.stack}${plan.ref ? ` (${plan.ref})` : ", its first"}: ${steps.length} resources change, ${pending.length} migrations run.`,
    ...steps.map(
      ({ op, resource, differences }) =>
        `  ${op} ${resource.slice(resource.lastIndexOf("::") + 2)}${differences.length > 0 ? ` (${differences.join(", ")})` : ""}`,
    ),
    ...pending.map(({ tag }) => `  + ${tag}`),
    ...locks,
    ...analysis.difference.map((line) => `  ${line.replaceAll("\n", "\n  ")}`),
    ...(destructive.length > 0
      ? ["  Destructive, and therefore only after a restore point:", ...destructive.map((text) => `    ${text}`)]
      : []),
    ...losses.map(({ urn, how }) => `  ! ${how} ${resourceLabel(urn)}; data is lost`),
    ...(losses.length > 0 ? [`  ${howToLose(plan)(namesOf(losses))}`] : []),
    ...(plan.changesCatalog
      ? [
          "  Changes the catalog: afterwards run npm run up -- preview --existing, then npm run pr -- resync: every subscriber follows.",
        ]
      : []),
    `Plan ${digest}`,
  ];
}

/** How `apply` is told of what goes, for a person: no workflow names it. */
export function howToLose({ stack, digest }: ReleasePlan): (names: string) => string {
  const other = stack === "prod" ? "" : ` --stack ${stack}`;
  return (names) =>
    `To lose it all the same, name it: npm run release -- apply --approved ${digest} --lose "${names}"${other}`;
}
