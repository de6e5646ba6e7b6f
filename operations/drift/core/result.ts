import { type Finding, type Layer, reaches, type Severity } from "./finding.ts";

/** How a layer of one stack was looked at. */
export interface LayerResult {
  readonly layer: Layer;
  /** `unreachable`: it could not be looked at, and nothing is known about it. */
  readonly status: "checked" | "unreachable";
  readonly seconds: number;
  /** Only where unreachable: what was attempted and what was answered. */
  readonly error?: string | undefined;
}

/** Everything about one stack. */
export interface StackResult {
  readonly stack: string;
  /** Where its catalog lives; undefined where that could not be read. */
  readonly catalog?: "local" | "foreign" | "snapshot" | undefined;
  /** Its database, as `host:port`; undefined where that could not be read. */
  readonly address?: string | undefined;
  /** Database its foreign catalog is read from, as `host:port`. */
  readonly source?: string | undefined;
  /** `clean`, `drift`, `unreachable` (something could not be looked at) or `busy` (an operation is under way). */
  readonly status: "clean" | "drift" | "unreachable" | "busy";
  /** Only where it is busy, or could not be opened at all: why. */
  readonly reason?: string | undefined;
  readonly layers: readonly LayerResult[];
  readonly findings: readonly Finding[];
  /** What is worth knowing and is no drift, such as pending migrations. */
  readonly notes: readonly string[];
  readonly seconds: number;
}

/** A whole run. */
export interface Report {
  readonly schemaVersion: 2;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Stacks looked at at a time. */
  readonly concurrency: number;
  readonly failOn: Severity;
  readonly stacks: readonly StackResult[];
  /** Entries of the accept list that no longer count, or name nothing. */
  readonly notes: readonly string[];
}

/** Findings that count: neither accepted nor below the level. */
export function counted(result: StackResult, failOn: Severity): Finding[] {
  return result.findings.filter((finding) => !finding.accepted && reaches(finding.severity, failOn));
}

/** What a stack's findings and layers add up to. What could not be read outweighs what was found. */
export function statusOf(
  layers: readonly LayerResult[],
  findings: readonly Finding[],
  failOn: Severity,
): StackResult["status"] {
  if (layers.some(({ status }) => status === "unreachable")) return "unreachable";
  return findings.some((finding) => !finding.accepted && reaches(finding.severity, failOn)) ? "drift" : "clean";
}

/** What a run adds up to: what could not be looked at outweighs what was found. */
export function outcomeOf(report: Report): StackResult["status"] {
  const worst = ["unreachable", "busy", "drift"] as const;
  return worst.find((status) => report.stacks.some((stack) => stack.status === status)) ?? "clean";
}
