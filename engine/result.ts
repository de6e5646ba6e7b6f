import type { FinishedStep } from "./events.ts";
import type { LogSettings } from "./guard.ts";

/** What every operation takes. */
export interface OperationOptions extends LogSettings {
  /** Read the live state of every resource first. Default true for `up`, false otherwise. */
  readonly refresh?: boolean | undefined;
  /** End with an error when anything would change, or did. Default false. */
  readonly expectNoChanges?: boolean | undefined;
  /** Leave what an interrupted operation left as it is; for previews only. Default false. */
  readonly readOnly?: boolean | undefined;
}

/** What an operation did, or would do. */
export interface OperationResult {
  readonly operation: "up" | "preview" | "refresh" | "destroy";
  readonly stack: string;
  /** Number of resources by operation: `{ create: 3, same: 2 }`. */
  readonly changes: Readonly<Record<string, number>>;
  /** Whether any resource is, or would be, anything but the same. */
  readonly changed: boolean;
  readonly steps: readonly FinishedStep[];
  readonly seconds: number;
}

/** A stack's outputs by name. */
export type StackOutputs = Record<string, { readonly value: unknown; readonly secret: boolean }>;
