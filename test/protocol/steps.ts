import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Sql } from "postgres";
import { resourceLabel } from "../../engine/events.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { FinishedStep, UpOptions } from "../../engine/result.ts";
import { LOOKS } from "./objects.ts";
import { KINDS, type KindName } from "./program.ts";
import type { World } from "./world.ts";

export const kindOf = (step: Pick<FinishedStep, "type">) => step.type.split(":").at(-1) as KindName;
export const isKind = (type: string) => KINDS.includes(type.split(":").at(-1) as KindName);

/** The operations that a result tells of, kind by kind. */
export function opsOf(steps: readonly FinishedStep[]): Record<string, string[]> {
  const ops: Record<string, string[]> = {};
  for (const step of steps.filter(({ type, name }) => isKind(type) && name !== "trigger")) {
    if (step.op !== "refresh") ops[kindOf(step)] = [...(ops[kindOf(step)] ?? []), step.op];
  }
  return ops;
}

/** Of the kinds that the table has. */
export async function urns(stack: EnvironmentStack): Promise<string[]> {
  return (await stack.resources()).filter(({ type }) => isKind(type)).map(({ urn }) => urn);
}

/** Up with a yes to losing everything, so that what the providers do is seen: what holds data is named otherwise. */
export async function up(stack: EnvironmentStack, options: UpOptions = {}) {
  const lose = (await stack.resources()).map(({ urn }) => resourceLabel(urn));
  return stack.up({ ...options, lose });
}

/** What is there of each kind that can be looked at. */
export async function lookAt(where: {
  world: World;
  ref: string;
  sql: Sql;
}): Promise<Partial<Record<KindName, unknown>>> {
  const seen: Partial<Record<KindName, unknown>> = {};
  for (const kind of KINDS) {
    const look = LOOKS[kind];
    if (typeof look !== "string") seen[kind] = await look(where);
  }
  return seen;
}

/** Runs `pulumi import` with a file of that content. */
export async function importInto(stack: EnvironmentStack, world: World, what: object): Promise<void> {
  const file = join(dirname(world.given.handOffPath), "import.json");
  await writeFile(file, JSON.stringify(what));
  await stack.command(["import", "--file", file, "--generate-code=false", "--yes", "--skip-preview"]);
}
