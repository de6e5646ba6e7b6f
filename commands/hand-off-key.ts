import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EngineError, RefusedError } from "../engine/error.ts";
import { parseCommandLine, UsageError } from "./frame/arguments.ts";
import { exitCode } from "./frame/command.ts";
import { helpIfAsked } from "./frame/help.ts";

helpIfAsked(`Makes the pair of keys of a catalog's hand-off. The secret key goes into a new file, for its owner only; the public key
is printed. age-keygen makes the same.

Usage: npm run hand-off:key -- FILE [--json]`);

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

async function main(): Promise<void> {
  const { values, positionals } = parseCommandLine({ options: { json: { type: "boolean" } }, allowPositionals: true });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError("Which file? npm run hand-off:key -- FILE");
  // npm runs a script in the checkout's folder, wherever it was called.
  const path = resolve(process.env.INIT_CWD ?? ".", file);
  const recipient = await makeKey(path);
  process.stderr.write(`Wrote the secret key to ${path}, for its owner only. The public key:\n`);
  process.stdout.write(values.json ? `${JSON.stringify({ path, recipient }, null, 2)}\n` : `${recipient}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitCode(error));
});
