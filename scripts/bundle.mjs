// Bundles each provider plugin into one JavaScript file, so that the engine starts it without loading TypeScript.
// Plain JavaScript: it runs from "prepare", before anything else of the project can.
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const plugins = ["supabase", "database"];

/** Names of the plugins whose bundle is missing or older than one of its sources. */
export function stalePlugins() {
  return plugins.filter((name) => existsSync(entryOf(name)) && !isFresh(name));
}

/**
 * Bundles the named plugins.
 * @param {string[]} names
 */
export async function bundlePlugins(names) {
  if (names.length === 0) return;
  const { build } = await import("esbuild");
  await Promise.all(names.map((name) => bundlePlugin(build, name)));
}

async function bundlePlugin(build, name) {
  const dist = join(root, "providers", name, "dist");
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entryOf(name)],
    outfile: join(dist, "provider.cjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minify: true,
    keepNames: true,
    legalComments: "none",
    sourcemap: process.env.TAILFIRE_SOURCEMAPS ? "linked" : false,
    logLevel: "error",
    metafile: true,
    write: false,
    define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename", "import.meta.url": "__url" },
    // From Node 22.1 on, the compiled form is kept beside the bundle and start-up skips compiling.
    banner: {
      js: 'const __url=require("node:url").pathToFileURL(__filename).href;require("node:module").enableCompileCache?.(__dirname+"/compiled");',
    },
  });
  mkdirSync(dist, { recursive: true });
  for (const file of result.outputFiles) replace(file.path, file.contents);
  const inputs = Object.keys(result.metafile.inputs).filter((path) => existsSync(join(root, path)));
  replace(join(dist, "inputs.json"), JSON.stringify(Object.fromEntries(inputs.map((path) => [path, stampOf(path)]))));
}

// Another process may be starting the plugin at this moment: it sees the old file or the new one.
function replace(path, contents) {
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, path);
}

function isFresh(name) {
  const dist = join(root, "providers", name, "dist");
  if (!existsSync(join(dist, "provider.cjs")) || !existsSync(join(dist, "inputs.json"))) return false;
  const inputs = JSON.parse(readFileSync(join(dist, "inputs.json"), "utf8"));
  return Object.entries(inputs).every(([path, stamp]) => existsSync(join(root, path)) && stampOf(path) === stamp);
}

function stampOf(path) {
  const { mtimeMs, size } = statSync(join(root, path));
  return `${Math.round(mtimeMs)}-${size}`;
}

function entryOf(name) {
  return join(root, "providers", name, "provider.ts");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundlePlugins(
    process.argv.includes("--force") ? plugins.filter((name) => existsSync(entryOf(name))) : stalePlugins(),
  );
}
