import { type Progress, resourceLabel } from "./events.ts";
import type { FinishedStep, OperationResult, Step } from "./result.ts";

type Sign = readonly [sign: string, word: string, colour: number];

const signs: Record<string, Sign> = {
  create: ["+", "created", 32],
  "create-replacement": ["+", "created again", 32],
  update: ["~", "updated", 33],
  delete: ["-", "deleted", 31],
  "delete-replaced": ["-", "old one deleted", 31],
  "discard-replaced": ["-", "old one forgotten", 31],
  import: ["=", "adopted", 36],
  "import-replacement": ["=", "adopted again", 36],
  read: [">", "read", 36],
  discard: ["-", "forgotten", 31],
  refresh: ["~", "differs", 33],
};

/** Shows an operation as one line per resource that changes, and one for each that takes long. */
export class Reporter {
  readonly #write: (line: string) => void;
  readonly #colours: boolean;
  readonly #running = new Map<string, { readonly step: Step; readonly since: number }>();
  readonly #shown = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** @param options.colours default: whether stderr is a terminal that wants them. */
  constructor(options: { write: (line: string) => void; colours?: boolean }) {
    this.#write = options.write;
    this.#colours = options.colours ?? (process.stderr.isTTY && !process.env.NO_COLOR);
  }

  /** To be handed to `openStack` as `onProgress`. */
  readonly onProgress = (progress: Progress): void => {
    if (progress.kind === "line") this.#write(progress.text);
    else if (progress.kind === "message") this.#message(progress);
    else if (!isPlumbing(progress.step)) {
      if (progress.kind === "start") this.#start(progress.step);
      else this.#finish(progress.step);
    }
  };

  /** One line: what the operation did to how many resources, and how long it took. */
  summary(result: OperationResult): void {
    this.close();
    const counts = Object.entries(countSteps(result)).map(([word, count]) => `${count} ${word}`);
    const what = result.changed || counts.length > 0 ? counts.join(", ") || "state brought up to date" : "no changes";
    this.#write(`${result.operation} ${result.stack}: ${what} (${result.seconds.toFixed(1)} s)`);
  }

  /** Stops the lines about what takes long. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#running.clear();
  }

  #start(step: Step): void {
    if (step.planned || step.op === "same") return;
    this.#running.set(step.urn, { step, since: Date.now() });
    this.#timer ??= setInterval(() => this.#still(), 5000).unref();
  }

  #finish(step: FinishedStep): void {
    this.#running.delete(step.urn);
    const sign = signs[step.op];
    if (!sign || (step.op === "refresh" && step.differences.length === 0)) return;
    const [symbol, , colour] = sign;
    const done = describeStep(step, sign);
    const keys =
      step.op.startsWith("create") || step.differences.length === 0 ? "" : ` (${step.differences.join(", ")})`;
    const line = `  ${symbol} ${resourceLabel(step.urn).padEnd(32)} ${done}${keys}`;
    const seconds = step.planned || step.seconds < 0.05 ? "" : `  ${step.seconds.toFixed(1)} s`;
    this.#write(this.#paint(step.failed ? 31 : colour, line) + seconds);
  }

  #message(message: Progress & { kind: "message" }): void {
    const text = `    ${message.resource ?? "program"}: ${message.text}`;
    if (this.#shown.has(text)) return;
    this.#shown.add(text);
    this.#write(this.#paint(message.severity === "warning" ? 33 : 90, text));
  }

  #still(): void {
    for (const { step, since } of this.#running.values()) {
      const seconds = Math.round((Date.now() - since) / 1000);
      if (seconds >= 5) this.#write(this.#paint(90, `    ${resourceLabel(step.urn)}: still working, ${seconds} s`));
    }
  }

  #paint(colour: number, text: string): string {
    return this.#colours ? `\u001b[${colour}m${text}\u001b[0m` : text;
  }
}

function describeStep(step: FinishedStep, [, word]: Sign): string {
  if (step.failed) return "FAILED";
  // A refresh changes what is known, not what is.
  if (step.op === "refresh" || step.operation === "refresh") return step.op === "delete" ? "gone" : "differs";
  return step.planned ? `would be ${word}` : word;
}

/** Number of resources by what happened to them, without the engine's own bookkeeping. */
export function countSteps(result: OperationResult): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const step of result.steps) {
    const sign = signs[step.op];
    if (!sign || isPlumbing(step) || step.op === "read" || step.op === "refresh") continue;
    const named = describeStep(step, sign).toLowerCase().replace("would be", "to be");
    counts[named] = (counts[named] ?? 0) + 1;
  }
  return counts;
}

/** The stack itself and its providers are the engine's bookkeeping, and not infrastructure. */
export function isPlumbing(step: Pick<Step, "type">): boolean {
  return step.type === "pulumi:pulumi:Stack" || step.type.startsWith("pulumi:providers:");
}
