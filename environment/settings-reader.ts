import * as pulumi from "@pulumi/pulumi";
import { nearest } from "../names/nearest.ts";

// The SDK keeps it out of its types, and offers nothing else that tells a secret from a value in clear.
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** Reads the configuration keys of one namespace, and collects what is wrong with them. */
export class SettingsReader {
  readonly problems: string[] = [];
  readonly #config: pulumi.Config;
  readonly #asked = new Set<string>();

  constructor(namespace: string) {
    this.#config = new pulumi.Config(namespace);
  }

  text(key: string): string | undefined {
    this.#asked.add(key);
    return this.#config.get(key)?.trim() || undefined;
  }

  /** The value of a key that must be encrypted where it is kept; one in clear is a problem, and not shown. */
  secretText(key: string): string | undefined {
    const value = this.text(key);
    if (value !== undefined && !isConfigSecret(`${this.#config.name}:${key}`)) {
      this.problems.push(`${key}: in clear in the settings of the stack; take another one, and set it with --secret`);
    }
    return value;
  }

  required(key: string): string {
    const value = this.text(key);
    if (value === undefined) this.problems.push(`${key}: missing`);
    return value ?? "";
  }

  secret(key: string): pulumi.Output<string> | undefined {
    return this.secretText(key) === undefined ? undefined : this.#config.getSecret(key);
  }

  oneOf<Value extends string>(key: string, values: readonly [Value, ...Value[]]): Value {
    const found = values.find((value) => value === this.text(key));
    if (found === undefined)
      this.problems.push(`${key}: ${this.text(key) ?? "missing"}, expected ${values.join(" | ")}`);
    return found ?? values[0];
  }

  flag(key: string): boolean {
    const value = this.text(key) ?? "false";
    if (value !== "true" && value !== "false") this.problems.push(`${key}: ${value}, expected true or false`);
    return value === "true";
  }

  count(key: string): number {
    const value = Number(this.text(key));
    if (!Number.isInteger(value) || value < 1) this.problems.push(`${key}: expected a whole number of 1 or more`);
    return value;
  }

  /** What is wrong with the keys of the namespace that were not asked for and are not among `others`. Call it last. */
  misspelt(others: readonly string[]): string[] {
    const known = [...this.#asked, ...others];
    const prefix = `${this.#config.name}:`;
    const keys = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(prefix));
    const unknown = keys.map((key) => key.slice(prefix.length)).filter((key) => !known.includes(key));
    return unknown.map((key) => `${key}: no such setting; the nearest is ${nearest(key, known)}`);
  }
}
