import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { FinishedStep, OperationResult, Step } from "./result.ts";

/** One thing that happened, for the code that shows progress. */
export type Progress =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "start"; readonly step: Step }
  | { readonly kind: "done"; readonly step: FinishedStep }
  | {
      readonly kind: "message";
      readonly severity: string;
      readonly resource: string | undefined;
      readonly text: string;
    };

/** What an operation left behind in the engine's event stream. */
export class EventCollector {
  readonly steps: FinishedStep[] = [];
  /** Error messages, each once, with the resource they belong to. */
  readonly errors: { readonly resource: string | undefined; readonly text: string }[] = [];
  /** Number of resources by operation, from the engine's summary. */
  changes: Record<string, number> = {};
  readonly #started = new Map<string, number>();
  readonly #operation: OperationResult["operation"];
  readonly #clean: (text: string) => string;
  readonly #onProgress: ((progress: Progress) => void) | undefined;

  /** @param options.clean is applied to every text before it is shown. */
  constructor(options: {
    operation: OperationResult["operation"];
    clean: (text: string) => string;
    onProgress: ((progress: Progress) => void) | undefined;
  }) {
    this.#operation = options.operation;
    this.#clean = options.clean;
    this.#onProgress = options.onProgress;
  }

  add(event: EngineEvent): void {
    if (event.resourcePreEvent) this.#start(this.#step(event.resourcePreEvent));
    else if (event.resOutputsEvent) this.#finish(this.#step(event.resOutputsEvent), false);
    else if (event.resOpFailedEvent) this.#finish(this.#step(event.resOpFailedEvent), true);
    else if (event.diagnosticEvent) this.#message(event.diagnosticEvent);
    else if (event.summaryEvent) this.changes = { ...event.summaryEvent.resourceChanges };
  }

  /** What the operation came to; `started` in milliseconds since the epoch. */
  result({ stack, started }: { readonly stack: string; readonly started: number }): OperationResult {
    const { changes, steps } = this;
    const changed = Object.keys(changes).some((op) => !["same", "read", "refresh"].includes(op));
    return { operation: this.#operation, stack, changes, changed, steps, seconds: (Date.now() - started) / 1000 };
  }

  #step({ metadata, planning }: Pick<Metadata, "metadata" | "planning">): Step {
    const { op, urn, type, detailedDiff, diffs } = metadata;
    return {
      operation: this.#operation,
      op,
      urn,
      type,
      name: resourceName(urn),
      planned: planning ?? false,
      differences: detailedDiff ? Object.keys(detailedDiff) : (diffs ?? []),
    };
  }

  #start(step: Step): void {
    this.#started.set(key(step), Date.now());
    this.#onProgress?.({ kind: "start", step });
  }

  #finish(step: Step, failed: boolean): void {
    const started = this.#started.get(key(step)) ?? Date.now();
    const finished = { ...step, failed, seconds: (Date.now() - started) / 1000 };
    this.steps.push(finished);
    this.#onProgress?.({ kind: "done", step: finished });
  }

  #message(event: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    const text = this.#clean(event.message).trim();
    if (text === "" || event.ephemeral || String(event.severity) === "debug") return;
    const resource = event.urn ? resourceLabel(event.urn) : undefined;
    if (event.severity !== "error") {
      this.#onProgress?.({ kind: "message", severity: event.severity, resource, text });
      return;
    }
    // The engine tells a resource's failure again for the stack as a whole.
    const told = withoutTrace(text);
    const [line = ""] = told.split("\n");
    const repeated = this.errors.some((error) => error.text.includes(line) || told.includes(error.text));
    if (repeated || /^(update|preview|refresh|destroy) failed$/.test(told)) return;
    this.errors.push({ resource: isStack(event.urn) ? undefined : resource, text: told });
  }
}

/** A text of the engine without its colour marks and without any of `secrets`. */
export function cleanText(text: string, secrets: readonly string[]): string {
  const plain = text.replaceAll(/<\{%.*?%\}>/g, "");
  return secrets.reduce((cleaned, secret) => (secret ? cleaned.replaceAll(secret, "[secret]") : cleaned), plain);
}

/** The name a program gave a resource: the last part of its URN. */
function resourceName(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** A resource as people say it: `Project prod`. */
export function resourceLabel(urn: string): string {
  const parts = urn.split("::");
  const type = parts[2]?.split("$").at(-1) ?? "";
  return `${type.slice(type.lastIndexOf(":") + 1)} ${resourceName(urn)}`;
}

function key(step: Step): string {
  return `${step.urn} ${step.op}`;
}

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>;

function isStack(urn: string | undefined): boolean {
  return urn?.includes("::pulumi:pulumi:Stack::") ?? false;
}

/** The message of an error the program threw, with the one line of its trace that names this project's code. */
function withoutTrace(text: string): string {
  const isTrace = (line: string) => /^\s+at /.test(line);
  const lines = text.split("\n");
  const own = lines.find((line) => isTrace(line) && !/node_modules|node:/.test(line));
  const place = own ? /\(?((?:file:\/\/)?\/[^()]*:\d+:\d+)\)?$/.exec(own)?.[1] : undefined;
  const message = lines
    .filter((line) => !isTrace(line))
    .join("\n")
    .replace(/^Unhandled exception: (Error: )?/, "")
    .trim();
  return place ? `${message}\n(thrown in ${place})` : message;
}
