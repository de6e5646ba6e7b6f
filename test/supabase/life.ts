import type { AnyKind, Properties } from "../../providers/host/kind.ts";
import type { Settings } from "../../providers/supabase/settings.ts";
import type { Trial } from "./trial.ts";

/** One resource under test, driven as the engine drives it: check, then diff, then the operation. */
export class Life {
  id = "";
  // biome-ignore lint/suspicious/noExplicitAny: tests look into states of every kind
  state: any;
  inputs: Properties = {};
  readonly #kind: AnyKind<Settings>;
  readonly #trial: Pick<Trial, "call" | "settings">;
  readonly #endpoint: string | undefined;

  /** @param options.endpoint of a front before the Management API */
  constructor(options: { kind: AnyKind<Settings>; trial: Pick<Trial, "call" | "settings">; endpoint?: string }) {
    this.#kind = options.kind;
    this.#trial = options.trial;
    this.#endpoint = options.endpoint;
  }

  /** Creates it, or updates it where it exists and differs; answers the paths of what differed. */
  async up(program: Properties): Promise<string[]> {
    const news = this.checked(program);
    if (this.state === undefined) {
      Object.assign(this, await this.#kind.create(this.call, news), { inputs: news });
      return ["created"];
    }
    const changes = this.diff(program);
    if (changes.length > 0) this.state = await this.#kind.update(this.call, this.id, this.state, news);
    this.inputs = news;
    return changes;
  }

  /** Reads live state; answers false when it is gone. */
  async refresh(): Promise<boolean> {
    const answer = await this.#kind.read(this.call, this.id, this.state, this.inputs);
    this.state = answer?.state;
    return answer !== undefined;
  }

  async import(id: string): Promise<void> {
    const answer = await this.#kind.read(this.call, id, undefined, {});
    if (!answer) throw new Error(`${id} was not found`);
    Object.assign(this, { id: answer.id, state: answer.state });
  }

  delete(): Promise<void> {
    return this.#kind.delete(this.call, this.id, this.state ?? {});
  }

  /** Paths that differ between state and program. */
  diff(program: Properties): string[] {
    const changes = this.#kind.diff(this.state, this.checked(program), this.inputs);
    return changes.map(({ property, replace }) => (replace ? `${property} (replace)` : property));
  }

  checked(program: Properties): Properties {
    const { inputs, failures } = this.#kind.check(program, new Set());
    const problems = failures.map(({ property, reason }) => `${property}: ${reason}`);
    if (problems.length > 0) throw new Error(problems.join("; "));
    return inputs;
  }

  get call() {
    const settings = this.#trial.settings();
    return this.#trial.call({ settings: this.#endpoint ? { ...settings, endpoint: this.#endpoint } : settings });
  }
}
