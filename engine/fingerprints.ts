import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";

/** Remembers which texts were encrypted into a settings file, without keeping the texts. */
export class Fingerprints {
  readonly #path: string;
  readonly #passphrase: string;
  readonly #known: Record<string, string>;

  private constructor(path: string, passphrase: string, known: Record<string, string>) {
    this.#path = path;
    this.#passphrase = passphrase;
    this.#known = known;
  }

  /** @param path file they are kept in; it need not exist. */
  static async open(path: string, passphraseFile: string): Promise<Fingerprints> {
    const known = existsSync(path) ? parse(await readFile(path, "utf8")) : {};
    return new Fingerprints(path, await readFile(passphraseFile, "utf8"), known);
  }

  /** Whether `value` is what was last remembered under `key`. */
  matches(key: string, value: string): boolean {
    return this.#known[key] === this.#of(key, value);
  }

  async remember(values: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, value] of Object.entries(values)) this.#known[key] = this.#of(key, value);
    await writeFile(this.#path, JSON.stringify(this.#known), { mode: 0o600 });
  }

  // Keyed with the stack's passphrase, so that a short secret cannot be guessed from its fingerprint alone.
  #of(key: string, value: string): string {
    return createHmac("sha256", this.#passphrase).update(`${key}\0${value}`).digest("base64url");
  }
}

/** A command killed while writing leaves half a file: nothing is known then, and all is encrypted again. */
function parse(text: string): Record<string, string> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
