/** Something found in a migration, or in the journal. */
export interface LintFinding {
  /** Its whole path. */
  readonly file: string;
  /** One-based. */
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}
