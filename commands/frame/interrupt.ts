import { stopEngines } from "../../engine/interrupt.ts";
import { exitCodes } from "./exit-codes.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A terminal and the parent process may both deliver one and the same Ctrl-C within this time. */
const SAME_MS = 500;

/**
 * Ctrl-C and termination signals, for every command. An engine that runs is asked to finish what is under way, and no further
 * operation begins; a second signal stops it at once. Where no engine runs, the process ends.
 */
export class Interruption {
  #asked = false;
  #last = 0;
  #cleansUp = false;

  readonly #listen = () => this.#interrupt();

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#listen);
  }

  /** Signals end the process again as they do without a command. */
  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listen);
  }

  /** Whether a signal came. */
  get asked(): boolean {
    return this.#asked;
  }

  /** From now on the first signal never ends the process: the command looks at `asked`, and removes what it made. */
  cleansUp(): void {
    this.#cleansUp = true;
  }

  #interrupt(): void {
    if (Date.now() - this.#last < SAME_MS) return;
    this.#last = Date.now();
    const isFirst = !this.#asked;
    this.#asked = true;
    const running = stopEngines();
    if (!running && !(isFirst && this.#cleansUp)) process.exit(exitCodes.interrupted);
    const words = isFirst
      ? "Finishing what is under way, then stopping. Press Ctrl-C again to stop at once."
      : "Stopping at once.";
    process.stderr.write(`${words}\n`);
  }
}
