import type { LockHolder } from "./lock-holder.ts";

/** What happens while migrations run, as it happens. All durations in milliseconds. */
export type ProgressEvent =
  /** Somebody else migrates; sent once. */
  | { kind: "waiting"; holder?: LockHolder }
  /** A statement (from 1) of a migration is done. */
  | { kind: "statement"; tag: string; statement: number; total: number; ms: number }
  /** A migration is committed and recorded. */
  | { kind: "migration"; tag: string; ms: number }
  /** A migration met a lock time-out, a deadlock or a serialization failure and will be tried again. */
  | { kind: "retry"; tag: string; attempt: number; sqlstate: string; inMs: number }
  /** What an interrupted no-transaction migration left behind is being cleared. */
  | { kind: "recovery"; tag: string; statement: number; action: string };

export type OnProgress = (event: ProgressEvent) => void;
