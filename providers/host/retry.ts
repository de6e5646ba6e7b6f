import { setTimeout as sleep } from "node:timers/promises";

/** How long, and how, a failure is waited out. */
export interface Retry {
  readonly withinMs: number;
  /** Doubled after each try. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly signal: AbortSignal;
  /** Why another try may succeed; undefined where none may. */
  readonly reasonToRetry: (error: unknown) => string | undefined;
  /** Told that reason, and the time since the first try, before each further one. */
  readonly onWait: (reason: string) => void;
}

/** Runs `work` again while there is reason and time. @throws what the last try threw */
export async function retryWhile<Result>(work: () => Promise<Result>, retry: Retry): Promise<Result> {
  const { withinMs, firstPauseMs, longestPauseMs, signal, reasonToRetry, onWait } = retry;
  const began = Date.now();
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      const reason = reasonToRetry(error);
      const elapsed = Date.now() - began;
      if (reason === undefined || signal.aborted || elapsed + pause > withinMs) throw error;
      onWait(`${reason} (${Math.round(elapsed / 1000)} s)`);
      await sleep(pause, undefined, { signal });
    }
  }
}
