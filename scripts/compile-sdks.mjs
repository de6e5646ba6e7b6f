// Compiles the generated SDKs to CommonJS with types: run as source, a resource of theirs is null (they load lazily).
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const sdks = join(dirname(dirname(fileURLToPath(import.meta.url))), "sdks");

/** Compiles each SDK whose sources are not those that were compiled. */
export async function compileSdks() {
  const stale = readdirSync(sdks, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => sourcesOf(join(sdks, name)))
    .filter(({ folder, digest }) => !isCompiled(folder, digest));
  if (stale.length === 0) return;
  const { default: ts } = await import("typescript");
  for (const sdk of stale) compile(ts, sdk);
}

function sourcesOf(folder) {
  const names = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".ts") && !name.startsWith("bin"))
    .sort();
  const sources = names.map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
  const digest = createHash("sha256")
    .update(JSON.stringify(sources))
    .update(readFileSync(fileURLToPath(import.meta.url)));
  return { folder, sources, digest: digest.digest("hex") };
}

function isCompiled(folder, digest) {
  const stamp = join(folder, "bin", "compiled-from");
  return existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
}

function compile(ts, { folder, sources, digest }) {
  const partial = join(folder, `bin.${process.pid}`);
  const compilerOptions = {
    module: ts.ModuleKind.CommonJS,
    target: ts.ScriptTarget.ES2022,
    esModuleInterop: true,
    stripInternal: true,
  };
  for (const { name, text } of sources) {
    // What is exported from other files by name are interfaces; said so, their file is not loaded for them.
    const fileName = name;
    const source = text.replaceAll(/^export \{ (.*) \} from/gm, "export type { $1 } from");
    const out = join(partial, name.replace(/\.ts$/, ""));
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(`${out}.js`, ts.transpileModule(source, { compilerOptions, fileName }).outputText);
    writeFileSync(`${out}.d.ts`, ts.transpileDeclaration(source, { compilerOptions, fileName }).outputText);
  }
  // The plugins of this checkout are found by their folder, so the SDKs ask for no version of them.
  writeFileSync(join(partial, "package.json"), '{ "version": "" }\n');
  writeFileSync(join(partial, "compiled-from"), digest);
  const bin = join(folder, "bin");
  rmSync(bin, { recursive: true, force: true });
  try {
    renameSync(partial, bin);
  } catch (error) {
    // Another process was first, from the same sources.
    rmSync(partial, { recursive: true, force: true });
    if (!isCompiled(folder, digest)) throw error;
  }
}
