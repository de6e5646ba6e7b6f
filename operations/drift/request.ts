import type { Cloud } from "../../engine/guard.ts";
import type { Layer, Severity } from "./core/finding.ts";

/** What a run of `npm run drift` is asked for, checked. */
export interface DriftRequest {
  readonly stacks: readonly string[];
  readonly all: boolean;
  /** With `all`: a backend without a stack is fine where no earlier run knew one either. */
  readonly mayBeNone: boolean;
  readonly layers: readonly Layer[];
  readonly failOn: Severity;
  /** Undefined: drift.accept.yaml, where there is one. */
  readonly accept: string | undefined;
  /** The report is wanted as a document, and stdout is for that. */
  readonly json: boolean;
  readonly markdown: string | undefined;
  readonly html: string | undefined;
  readonly issues: boolean;
  readonly concurrency: number;
  readonly cloud: Cloud;
  /** Undefined where nothing is to be repaired. */
  readonly repair: RepairRequest | undefined;
}

/** How far a repair may go. */
export interface RepairRequest {
  /** A protected stack that is repaired all the same, by name. */
  readonly protectedStack: string | undefined;
  /** Goes on after a yes. @throws RefusedError without one */
  confirm(question: { readonly question: string; readonly attempted: string }): Promise<void>;
}
