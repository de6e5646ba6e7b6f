import type { Cluster } from "../../test/support/cluster.ts";
import { median, milliseconds } from "../table.ts";
import type { Databases } from "./databases.ts";
import type { MigrationSet } from "./sets.ts";

/** From which state to which. */
export const scenarios = ["empty to full", "no-op", "one pending"] as const;
export type Scenario = (typeof scenarios)[number];

/** One line of a table: medians in milliseconds by tool. */
export type Row = { where: string; set: string; scenario: Scenario; times: Record<string, number>; ratio?: number };

/** A set, and the same without its last migration. */
export type Sets = { full: MigrationSet; before: MigrationSet };

/** Where a bench runs. */
export type Ground = { cluster: Cluster; databases: Databases };

/** Adds a measurement to those of a tool. */
export function add(times: Record<string, number[]>, name: string, ms: number): void {
  const found = times[name] ?? [];
  found.push(ms);
  times[name] = found;
}

/** How a set is called in a table. */
export function setName({ full }: Sets): string {
  return full.name === "project" ? `project's (${full.count})` : String(full.count);
}

/** Makes a line of the measurements, and says it. */
export function rowOf(row: Omit<Row, "times">, times: Record<string, number[]>): Row {
  const medians = Object.fromEntries(Object.entries(times).map(([name, found]) => [name, median(found)]));
  const shown = Object.entries(medians).map(([name, ms]) => `${name} ${milliseconds(ms)}`);
  process.stderr.write(`${row.where} ${row.set} ${row.scenario}: ${shown.join(", ")}\n`);
  return { ...row, times: medians };
}
