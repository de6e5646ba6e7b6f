import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EngineError, RefusedError } from "../engine/error.ts";
import { runCommand } from "./frame/command.ts";

void runCommand(
  {
    name: "hand-off:key",
    usage: `Makes the pair of keys of a catalog's hand-off. The secret key goes into a new file, for its owner only; the public key
is printed. age-keygen makes the same.

Usage: npm run hand-off:key -- FILE [options]

  --json                  one JSON document on stdout`,
    options: { json: { type: "boolean", default: false } },
    words: {
      least: 1,
      most: 1,
      missing: "Which file? npm run hand-off:key -- FILE",
      tooMany: "One file: npm run hand-off:key -- FILE",
    },
    exits: { refused: "refused: the file exists" },
  },
  async ({ words, say, print, document }) => {
    // npm runs a script in the checkout's folder, wherever it was called.
    const path = resolve(process.env.INIT_CWD ?? ".", words[0] ?? "");
    const recipient = await makeKey(path);
    say(`Wrote the secret key to ${path}, for its owner only. The public key:`);
    print(recipient);
    document({ path, recipient });
    return "done";
  },
);

/** Writes the secret key and returns the public one. @throws RefusedError where the file exists */
async function makeKey(path: string): Promise<string> {
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const identity = await generateX25519Identity();
  const attempted = `Writing the secret key to ${path}`;
  try {
    await writeFile(path, `${identity}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "EEXIST")
      throw new RefusedError({
        attempted,
        answered: "the file exists, and a key that is overwritten is lost",
        next: "Name another file, or move that one away.",
      });
    throw new EngineError({
      attempted,
      answered: String(error.code),
      next: "Name a file in a folder you can write to.",
    });
  }
  return identityToRecipient(identity);
}
