import { milliseconds, table } from "../table.ts";
import type { Plan } from "./measure.ts";
import type { Place } from "./places.ts";

/** What one query took in one place. */
export interface Cell {
  /** Median in milliseconds at each delay. */
  ms: Record<number, number>;
  /** Round trips between the databases (for Production: between client and database), and bytes received. */
  turns: number;
  received: number;
  /** Rows that crossed between the databases. */
  rows: number;
  /** A request asked for a table as a whole. */
  wholeTable: boolean;
}

/** One query in every place. */
export interface Result {
  name: string;
  pushed: boolean;
  cells: Record<Place, Cell>;
  plans: Record<Place, Plan>;
}

const ratio = (a: number | undefined, b: number | undefined) => (a && b ? `${(a / b).toFixed(2)} x` : "-");

/** Times of every query at one delay, and their sum. */
export function timesTable(results: readonly Result[], delay: number): string {
  const rows = results.map(({ name, cells: { production, seed, ours } }) => [
    name,
    ...[production, seed, ours].map(({ ms }) => milliseconds(ms[delay])),
    ratio(ours.ms[delay], production.ms[delay]),
    ratio(seed.ms[delay], ours.ms[delay]),
  ]);
  const { production, seed, ours } = sums(results, delay);
  const sum = [milliseconds(production), milliseconds(seed), milliseconds(ours)];
  rows.push(["the set", ...sum, ratio(ours, production), ratio(seed, ours)]);
  return table([`${delay} ms between the databases`, "(a) ms", "(b) ms", "(c) ms", "c / a", "b / c"], rows);
}

/** Sums over the set at one delay. */
export function sums(results: readonly Result[], delay: number): Record<Place, number> {
  const sum = (place: Place) => results.reduce((total, { cells }) => total + (cells[place].ms[delay] ?? 0), 0);
  return { production: sum("production"), seed: sum("seed"), ours: sum("ours") };
}

/** Round trips, rows and bytes of every query. */
export function trafficTable(results: readonly Result[]): string {
  const kilobytes = (bytes: number) => (bytes / 1024).toFixed(1);
  const rows = results.map(({ name, cells: { production, seed, ours } }) => [
    name,
    ...[production, seed, ours].map(({ turns }) => String(turns)),
    ...[seed, ours].map(({ rows }) => String(rows)),
    ...[seed, ours].map(({ received }) => kilobytes(received)),
    [seed.wholeTable ? "b" : "", ours.wholeTable ? "c" : ""].join(""),
  ]);
  const headers = [
    "round trips, rows, bytes",
    "trips a",
    "trips b",
    "trips c",
    "rows b",
    "rows c",
    "KB b",
    "KB c",
    "whole table",
  ];
  return table(headers, rows);
}
