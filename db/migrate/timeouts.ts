import type { Migration } from "./journal.ts";

/** How long a migration may wait and run; a file's `-- migrate:` lines win over these. */
export type Timeouts = {
  /** How long one statement may wait for a table lock before it gives way. Default 2000 ms; 0 waits for ever. */
  lockTimeoutMs?: number;
  /** How long one statement may run. Default 600000 ms (10 minutes); 0 is no limit. */
  statementTimeoutMs?: number;
  /** How often a migration that met a lock time-out, a deadlock or a serialization failure is tried again. Default 10. */
  retries?: number;
};

const defaultTimeouts = { lockTimeoutMs: 2000, statementTimeoutMs: 600_000, retries: 10 } satisfies Timeouts;

/** What holds for one migration. */
export function timeoutsFor(migration: Migration, timeouts: Timeouts): Required<Timeouts> {
  const { lockTimeoutMs, statementTimeoutMs, retries } = migration.directives;
  return {
    lockTimeoutMs: lockTimeoutMs ?? timeouts.lockTimeoutMs ?? defaultTimeouts.lockTimeoutMs,
    statementTimeoutMs: statementTimeoutMs ?? timeouts.statementTimeoutMs ?? defaultTimeouts.statementTimeoutMs,
    retries: retries ?? timeouts.retries ?? defaultTimeouts.retries,
  };
}

// lock_not_available, deadlock_detected, serialization_failure: all of them left nothing behind.
const passing = new Set(["55P03", "40P01", "40001"]);

/** True for an error that the same migration may well not meet again. */
export function isPassing(sqlstate: string): boolean {
  return passing.has(sqlstate);
}

/** The pause before try number `attempt` (from 1): 200 ms doubling to 10 s, with jitter. */
export function backOffMs(attempt: number): number {
  return Math.min(10_000, 100 * 2 ** attempt) * (0.75 + Math.random() / 2);
}
