import { readFileSync } from "node:fs";
import { join } from "node:path";
import { areas } from "../drift/mutations/all.ts";
import type { Mutation } from "../drift/mutations/mutation.ts";
import { root } from "../support/run.ts";
import type { Listener } from "./drift-tools.ts";

export const OURS = "npm run drift";
export const REFRESH = "pulumi refresh";

/** One change, and the tools that noticed it, by name. */
export interface Row {
  readonly mutation: Mutation;
  readonly noticed: Set<string>;
}

interface Column {
  readonly name: string;
  /** Whether the tool claims to see a change. */
  covers(mutation: Mutation): boolean;
  /** Lines it says of untouched environments. */
  readonly noise: number;
}

/** What a stack's resources hold. */
const OF_RESOURCES = new Set([areas.cloud, areas.ledger, areas.catalog, areas.publisher].flat());

/** The tools in the order of the table. */
export function columnsFor(listeners: readonly Listener[]): readonly Column[] {
  return [
    { name: OURS, covers: () => true, noise: 0 },
    { name: REFRESH, covers: (mutation) => OF_RESOURCES.has(mutation), noise: 0 },
    ...listeners.map(({ tool, noise }) => ({ name: tool.name, covers: tool.covers, noise })),
  ];
}

/** docs/measurements/drift-comparison.md, whole. */
export function comparisonPage(rows: readonly Row[], listeners: readonly Listener[]): string {
  const columns = columnsFor(listeners);
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const counted = (chosen: readonly Row[]) =>
    columns.map(({ name }) => chosen.filter(({ noticed }) => noticed.has(name)).length);
  const covered = columns.map(({ name, covers }) => {
    const own = rows.filter(({ mutation }) => covers(mutation));
    return share(own.filter(({ noticed }) => noticed.has(name)).length, own.length);
  });
  const left = Object.values(areas).flat().length - rows.length;
  return `${INTRODUCTION}${left > 0 ? `\n${left} changes have not been made yet.\n` : ""}
${line(["changed outside", "changes", ...columns.map(({ name }) => name)])}
${line(["---", "---:", ...columns.map(() => "---:")])}
${Object.entries(areas)
  .map(([area, changes]) => {
    const chosen = rows.filter(({ mutation }) => changes.includes(mutation));
    return line([area, chosen.length, ...counted(chosen)]);
  })
  .join("\n")}
${line(["**of all**", rows.length, ...counted(rows).map((count) => share(count, rows.length))])}
${line(["**of those it claims to see**", "", ...covered])}
${line(["lines about a pair that was not touched", "", ...columns.map(({ noise }) => noise)])}

${versions()}

## Only one of them

${columns
  .map(({ name }) => {
    const only = rows.filter(({ noticed }) => noticed.has(name) && noticed.size === 1);
    return `**${name}** alone notices ${only.length}${only.length > 0 ? `: ${only.map(({ mutation }) => mutation.name).join("; ")}.` : "."}`;
  })
  .join("\n\n")}

No tool notices: ${namesOr(
    rows.filter(({ noticed }) => noticed.size === 0),
    "none",
  )}. Others notice and \`npm run drift\` does not: ${namesOr(
    rows.filter(({ noticed }) => noticed.size > 0 && !noticed.has(OURS)),
    "none",
  )}.
`;
}

function namesOr(rows: readonly Row[], none: string): string {
  return rows.map(({ mutation }) => mutation.name).join("; ") || none;
}

function share(count: number, all: number): string {
  return all === 0 ? "-" : `${count} (${((100 * count) / all).toFixed(1)} %)`;
}

function versions(): string {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const of = (name: string) => dependencies[name] ?? devDependencies[name];
  return (
    `Versions: Pulumi ${of("@pulumi/pulumi")}, Supabase CLI ${of("supabase")}, drizzle-kit ${of("drizzle-kit")}, ` +
    `pg-delta ${of("@supabase/pg-delta")}.`
  );
}

const INTRODUCTION = `# Drift: other tools on the same changes

Written by \`npm run campaign -- drift-compare --rounds 200\`: it makes each change of \`test/drift/mutations\` on a converged Production and
Preview, asks each tool whether it notices, and takes the change back. How each is asked:

| tool | asked as | claims to see |
| --- | --- | --- |
| npm run drift | its layers that are to find it; the right object counts | all |
| pulumi refresh | \`pulumi refresh --preview-only\`, with this project's providers | what resources hold: cloud, ledger, catalog, publisher |
| supabase db diff | \`supabase db diff --use-pg-delta --from SHADOW --to DATABASE\` | changes of the schema |
| drizzle-kit push | what \`drizzle-kit push\` with \`strict\` is about to execute; a question whether something was renamed counts | what a schema of Drizzle has words for |
| pg-delta | the library with Supabase's policy, shadow against database | changes of the schema |

Those that compare databases are given our shadow, migrated to the same version in the same mode. For them anything counts that
they say neither before the change nor after it was taken back, whatever it names, also that a plan is refused; they are not asked
about changes that never reach the database.
`;
