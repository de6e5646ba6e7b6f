const inFlight = new WeakMap<AbortSignal, Map<string, Promise<unknown>>>();

/**
 * Lets reads of one address share an answer while the first of them is under way. Only reads that the same signal
 * ends are shared, so that no caller is failed by another's time-out.
 */
export function shareRead(signal: AbortSignal, address: string, read: () => Promise<unknown>): Promise<unknown> {
  const reads = inFlight.get(signal) ?? new Map<string, Promise<unknown>>();
  inFlight.set(signal, reads);
  const found = reads.get(address);
  if (found) return found;
  const started = read().finally(() => {
    if (reads.get(address) === started) reads.delete(address);
  });
  reads.set(address, started);
  return started;
}

/** Runs a write: no read that begins after it shares the answer of one that began before. */
export async function separateReads<Answer>(signal: AbortSignal, write: () => Promise<Answer>): Promise<Answer> {
  try {
    return await write();
  } finally {
    inFlight.get(signal)?.clear();
  }
}
