/** What is looked at, in the order of a report. */
export const LAYERS = ["resources", "migrations", "schema", "catalog", "security", "configuration"] as const;
export type Layer = (typeof LAYERS)[number];

/** From harmless to urgent. */
export const SEVERITIES = ["low", "medium", "high"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How a finding goes away: by `npm run up`, by the SQL that is given, or by a person. */
export interface Repair {
  readonly how: "up" | "sql" | "hand";
  /** One sentence. */
  readonly advice: string;
  /** Statements in order; only where `how` is `sql`. */
  readonly sql?: readonly string[] | undefined;
  /** False where carrying it out loses data or takes something away that somebody may rely on. */
  readonly safe: boolean;
}

/** One thing that is not as the code says. Holds no secret. */
export interface Finding {
  /** The same for the same difference in every run: `schema:index public.x`. Unique within a stack. */
  readonly id: string;
  readonly layer: Layer;
  readonly severity: Severity;
  /** Kind and qualified name, as `index public.trips_by_hand`. */
  readonly object: string;
  readonly expected: string;
  readonly found: string;
  /** Statements that make this difference in an environment without it. */
  readonly reproduce?: readonly string[] | undefined;
  readonly repair: Repair;
  /** First run that found it without a break, ISO 8601; known only where a history is kept. */
  readonly since?: string | undefined;
  /** Set where the accept list names it. */
  readonly accepted?: { readonly reason: string; readonly expires: string } | undefined;
}

/** The id of a finding. `aspect` tells two findings of one object apart. */
export function findingId(layer: Layer, object: string, aspect?: string): string {
  return aspect ? `${layer}:${object}#${aspect}` : `${layer}:${object}`;
}

/** Whether `severity` is `level` or worse. */
export function reaches(severity: Severity, level: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(level);
}
