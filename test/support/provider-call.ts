import { type Configuration, parseConfiguration } from "../../providers/database/configuration.ts";
import type { AnyKind, Call, Typed } from "../../providers/host/kind.ts";
import { Driven as AnyDriven } from "./driven.ts";
import type { TestDatabase } from "./test-cloud.ts";

/** A resource in a database. */
export class Driven<State extends object> extends AnyDriven<State, Configuration> {
  /** Everything the kind told the user. */
  readonly messages: string[];

  constructor(kind: AnyKind<Configuration> & Typed<State>, config: Configuration) {
    const messages: string[] = [];
    super(kind, () => callOf(config, messages));
    this.messages = messages;
  }
}

/** A driven resource of a kind, where it is declared before it is made. */
export type DrivenOf<SomeKind> = SomeKind extends Typed<infer State extends object> ? Driven<State> : never;

function callOf(config: Configuration, messages: string[]): Call<Configuration> {
  const note = (message: string) => void messages.push(message);
  const context = { signal: new AbortController().signal, progress: note, info: note, warn: note };
  return { urn: "urn:pulumi:test::test::test::driven", config, context, timeoutSeconds: 0 };
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
