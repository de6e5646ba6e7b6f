import type { AnyKind, Call, Properties, Typed } from "../../providers/host/kind.ts";

/** One resource under test, driven as the engine drives it: check, then diff, then the operation. */
export class Driven<State extends object, Config> {
  id = "";
  /** The checked inputs of the last operation. */
  inputs: Properties = {};
  readonly #kind: AnyKind<Config> & Typed<State>;
  readonly #call: () => Call<Config>;
  #state: Properties | undefined;

  constructor(kind: AnyKind<Config> & Typed<State>, call: () => Call<Config>) {
    this.#kind = kind;
    this.#call = call;
  }

  get call(): Call<Config> {
    return this.#call();
  }

  /** What is recorded. @throws where nothing is; see `exists` */
  get state(): State {
    if (!this.#state) throw new Error(`${this.#kind.token} ${this.id} has no state: it was not created, or is gone`);
    // A kind answers states of its own type only; the host knows them as bags of properties.
    return this.#state as unknown as State;
  }

  set state(state: object | undefined) {
    this.#state = state && { ...state };
  }

  get exists(): boolean {
    return this.#state !== undefined;
  }

  /** Creates it, replaces it, or updates it where it differs; answers the paths of what differed. */
  async up(program: Properties): Promise<string[]> {
    const news = this.checked(program);
    if (!this.#state) return this.#create(news, ["created"]);
    const changes = this.diff(program);
    if (changes.some((change) => change.endsWith(REPLACE))) {
      await this.delete();
      return this.#create(news, changes);
    }
    if (changes.length > 0) this.#state = await this.#kind.update(this.call, this.id, this.#state, news);
    this.inputs = news;
    return changes;
  }

  /** Reads live state; answers false when it is gone. */
  async refresh(): Promise<boolean> {
    // The engine does not read what it has no record of.
    if (!this.#state) return false;
    const answer = await this.#kind.read(this.call, this.id, this.#state, this.inputs);
    this.#state = answer?.state;
    return answer !== undefined;
  }

  /** Answers the inputs that the import offers; undefined where there is no such object. */
  async import(id: string): Promise<Properties | undefined> {
    const answer = await this.#kind.read(this.call, id, undefined, {});
    if (answer) Object.assign(this, { id: answer.id, state: answer.state });
    return answer?.inputs;
  }

  delete(): Promise<void> {
    return this.#kind.delete(this.call, this.id, this.#state ?? {});
  }

  /** Paths that differ between state and program. */
  diff(program: Properties): string[] {
    return this.#kind
      .diff(this.#state ?? {}, this.checked(program), this.inputs)
      .map(({ property, replace }) => (replace ? property + REPLACE : property));
  }

  checked(program: Properties): Properties {
    const { inputs, failures } = this.#kind.check(program, new Set(), this.inputs);
    if (failures.length > 0)
      throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    return inputs;
  }

  async #create(news: Properties, changes: string[]): Promise<string[]> {
    const { id, state } = await this.#kind.create(this.call, news);
    Object.assign(this, { id, state, inputs: news });
    return changes;
  }
}

const REPLACE = " (replace)";
