/** What can be asked to stop: once in order, twice at once. */
export interface Interruptible {
  interrupt(): void;
}

/** A terminal and the parent process may both deliver one and the same Ctrl-C within this time. */
const SAME_MS = 500;

/** Ctrl-C and termination signals: they end the process as usual, until there is something to stop in order. */
export class Interruption {
  readonly #watched = new Set<Interruptible>();
  #listening = false;
  #asked = false;
  #last = 0;

  /** Whether a signal came since `watch` was called. */
  get asked(): boolean {
    return this.#asked;
  }

  /**
   * From now on a signal stops the operations on every stack that was named rather than this process: the first lets the
   * engine finish what is under way, the second stops it at once.
   */
  watch(stack?: Interruptible): void {
    if (stack) this.#watched.add(stack);
    if (this.#listening) return;
    this.#listening = true;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => this.#interrupt());
  }

  #interrupt(): void {
    if (Date.now() - this.#last < SAME_MS) return;
    this.#last = Date.now();
    const words = this.#asked
      ? "Stopping at once."
      : "Finishing what is under way, then stopping. Press Ctrl-C again to stop at once.";
    this.#asked = true;
    process.stderr.write(`${words}\n`);
    for (const stack of this.#watched) stack.interrupt();
  }
}
