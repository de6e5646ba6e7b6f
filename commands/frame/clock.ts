/** Names what is being done, and keeps how long each part took. */
export class Clock {
  readonly steps: { readonly step: string; readonly seconds: number }[] = [];
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Runs one step; its time counts whether or not it succeeds. */
  async run<Result>(step: string, work: () => Promise<Result>): Promise<Result> {
    this.#say(`\n${step}`);
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.steps.push({ step, seconds: (performance.now() - started) / 1000 });
    }
  }

  /** How long each step took, as lines. */
  lines(): string[] {
    return ["\nTime", ...this.steps.map(({ step, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${step}`)];
  }
}
