import { type Configuration, parseConfiguration } from "../../providers/database/configuration.ts";
import type { AnyKind, Call, Properties } from "../../providers/host/kind.ts";
import type { TestDatabase } from "./test-cloud.ts";

/** One resource under test, driven as the engine drives it: check, then diff, then the operation. */
export class Driven {
  id = "";
  // biome-ignore lint/suspicious/noExplicitAny: tests look into states of every kind
  state: any;
  /** The checked inputs of the last operation. */
  inputs: Properties = {};
  /** Everything the kind told the user. */
  readonly messages: string[] = [];
  readonly #kind: AnyKind<Configuration>;
  readonly #config: Configuration;

  constructor(kind: AnyKind<Configuration>, config: Configuration) {
    this.#kind = kind;
    this.#config = config;
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
    // The engine does not read what it has no record of.
    if (this.state === undefined) return false;
    const answer = await this.#kind.read(this.call, this.id, this.state, this.inputs);
    this.state = answer?.state;
    return answer !== undefined;
  }

  async import(id: string): Promise<Properties | undefined> {
    const answer = await this.#kind.read(this.call, id, undefined, {});
    if (answer) Object.assign(this, { id, state: answer.state });
    return answer?.inputs;
  }

  delete(): Promise<void> {
    return this.#kind.delete(this.call, this.id, this.state ?? {});
  }

  /** Paths that differ between state and program. */
  diff(program: Properties): string[] {
    return this.#kind
      .diff(this.state, this.checked(program), this.inputs)
      .map(({ property, replace }) => (replace ? `${property} (replace)` : property));
  }

  checked(program: Properties): Properties {
    const { inputs, failures } = this.#kind.check(program, new Set());
    if (failures.length > 0)
      throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    return inputs;
  }

  get call(): Call<Configuration> {
    const note = (message: string) => void this.messages.push(message);
    const context = { signal: new AbortController().signal, progress: note, info: note, warn: note };
    return { urn: "urn:pulumi:test::test::test::driven", config: this.#config, context, timeoutSeconds: 0 };
  }
}

/** The provider's configuration for a database of the local cloud. */
export function configurationOf(
  database: Pick<TestDatabase, "ref" | "host" | "port" | "password">,
  more: Record<string, string> = {},
): Configuration {
  const { ref, host, port, password } = database;
  const { config, failures } = parseConfiguration({ projectRef: ref, host, port: String(port), password, ...more }, {});
  if (!config) throw new Error(JSON.stringify(failures));
  return config;
}
