// Makes the schema of each provider package and the SDK from it: npm run sdks. Needs Go, as the engine's own generators do
// the work; `--check FOLDER` writes into that folder instead of the checkout.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { tsImport } from "tsx/esm/api";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// The SDK is named and built by this repository; a published one has files of its own for that.
const LEFT_OUT = ["package.json", "tsconfig.json", "README.md", "scripts"];

const [flag, folder] = process.argv.slice(2);
if (flag !== undefined && (flag !== "--check" || folder === undefined)) {
  console.error("Usage: npm run sdks [-- --check FOLDER]");
  process.exit(2);
}
const target = folder === undefined ? root : resolve(folder);
const partial = mkdtempSync(join(tmpdir(), "sdks-"));
try {
  const generator = join(partial, "generator");
  run("go", ["build", "-mod=readonly", "-o", generator, "./sdk-generator"], join(root, "engine", "build"));
  for (const name of ["supabase", "database"]) await make(name, generator);
} finally {
  rmSync(partial, { recursive: true, force: true });
}

async function make(name, generator) {
  const { definition } = await tsImport(`../providers/${name}/definition.ts`, import.meta.url);
  const { packageSchema } = await tsImport("../providers/host/package-schema.ts", import.meta.url);
  const schema = join(target, "providers", name, "schema.json");
  mkdirSync(dirname(schema), { recursive: true });
  writeFileSync(schema, `${JSON.stringify(packageSchema(definition), null, 2)}\n`);
  const generated = join(partial, name);
  run(generator, [schema, "nodejs", generated], root);
  for (const left of LEFT_OUT) rmSync(join(generated, left), { recursive: true, force: true });
  const sdk = join(target, "sdks", name);
  mkdirSync(sdk, { recursive: true });
  for (const old of readdirSync(sdk)) if (old !== "package.json") rmSync(join(sdk, old), { recursive: true });
  cpSync(generated, sdk, { recursive: true });
  console.log(`${name}: ${definition.kinds.length} resources, ${definition.functions.length} functions`);
}

function run(file, args, cwd) {
  const { status, error } = spawnSync(file, args, {
    cwd,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
  });
  if (error?.code === "ENOENT") throw new Error(`${file} is not on PATH: install Go, which the SDKs are made with`);
  if (error ?? status !== 0) throw error ?? new Error(`${file} ended with ${status}`);
}
