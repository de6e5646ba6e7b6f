// Bundles each provider plugin, and each command whose start-up counts, into one JavaScript file: no TypeScript to load.
// Plain JavaScript: it runs from "prepare", before anything else of the project can.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { compileSdks } from "./compile-sdks.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const providerBundle = (name) => ({
  entry: `providers/${name}/provider.ts`,
  file: `providers/${name}/dist/provider.cjs`,
});
const commandBundle = (name) => ({ entry: `commands/${name}.ts`, file: `commands/dist/${name}/${name}.cjs` });
const bundles = {
  supabase: providerBundle("supabase"),
  database: providerBundle("database"),
  "db-migrate": commandBundle("db-migrate"),
  "db-status": commandBundle("db-status"),
};

/** Where the bundle of a task lies; undefined for a task that runs from its source. */
export function bundleOf(task) {
  return bundles[task] && join(root, bundles[task].file);
}

/** Names of the bundles that are missing or older than one of its sources. */
export function stalePlugins() {
  return Object.keys(bundles).filter((name) => existsSync(entryOf(name)) && !isFresh(name));
}

/**
 * Makes the named bundles.
 * @param {string[]} names
 */
export async function bundlePlugins(names) {
  if (names.length === 0) return;
  const { build } = await import("esbuild");
  await Promise.all(names.map((name) => bundlePlugin(build, name)));
}

async function bundlePlugin(build, name) {
  const outfile = bundleOf(name);
  const dist = dirname(outfile);
  const inlined = new Set();
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entryOf(name)],
    outfile: join(dist, "plugin.cjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minify: true,
    keepNames: true,
    legalComments: "none",
    sourcemap: process.env.TAILFIRE_SOURCEMAPS ? "inline" : false,
    logLevel: "error",
    metafile: true,
    write: false,
    plugins: [sqlInside(inlined)],
    define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename", "import.meta.url": "__url" },
    banner: { js: 'const __url=require("node:url").pathToFileURL(__filename).href;' },
  });
  const [{ contents }] = result.outputFiles;
  const id = `plugin-${createHash("sha256").update(contents).digest("hex").slice(0, 12)}`;
  mkdirSync(dist, { recursive: true });
  replace(join(dist, `${id}.cjs`), contents);
  replace(outfile, loaderOf(id));
  for (const file of readdirSync(dist)) {
    if (file.startsWith("plugin-") && !file.startsWith(id)) rmSync(join(dist, file), { force: true });
  }
  const inputs = [...Object.keys(result.metafile.inputs), ...inlined].filter((path) => existsSync(join(root, path)));
  replace(join(dist, "inputs.json"), JSON.stringify(Object.fromEntries(inputs.map((path) => [path, stampOf(path)]))));
}

// A bundle carries the .sql files that its sources read next to themselves, so that it runs from any folder.
export const sqlInside = (inlined = new Set()) => ({
  name: "sql-inside",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/, namespace: "file" }, ({ path }) => {
      if (path.includes("node_modules")) return undefined;
      const source = readFileSync(path, "utf8");
      const contents = source.replaceAll(
        /readFileSync\(join\(import\.meta\.dirname, "([^"]+\.sql)"\), "utf8"\)/g,
        (_, name) => {
          const file = join(dirname(path), name);
          inlined.add(relative(root, file));
          return JSON.stringify(readFileSync(file, "utf8"));
        },
      );
      return { contents, loader: "ts" };
    }),
});

// The first run leaves the compiled form next to the bundle, and later ones start in about two thirds of the time. Its
// name holds the bundle's digest and the version of Node, because V8 itself compares little more than lengths.
const loaderOf = (id) => `
const { readFileSync, renameSync, writeFileSync } = require("node:fs");
const { constants, Script } = require("node:vm");
const file = require("node:path").join(__dirname, "${id}.cjs");
const cache = file.replace(/cjs$/, process.version + "-" + process.arch + ".cache");
let cachedData;
try {
  cachedData = readFileSync(cache);
} catch {}
const importModuleDynamically = constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
const source = require("node:module").wrap(readFileSync(file, "utf8"));
const script = new Script(source, { filename: file, cachedData, importModuleDynamically });
script.runInThisContext()(exports, require, module, file, __dirname);
if (!cachedData || script.cachedDataRejected) {
  setTimeout(() => {
    try {
      writeFileSync(cache + "." + process.pid, script.createCachedData());
      renameSync(cache + "." + process.pid, cache);
    } catch {}
  }, 500).unref();
}
`;

// Another process may be starting the plugin at this moment: it sees the old file or the new one.
function replace(path, contents) {
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, path);
}

function isFresh(name) {
  const dist = dirname(bundleOf(name));
  if (!existsSync(bundleOf(name)) || !existsSync(join(dist, "inputs.json"))) return false;
  const inputs = JSON.parse(readFileSync(join(dist, "inputs.json"), "utf8"));
  return Object.entries(inputs).every(([path, stamp]) => existsSync(join(root, path)) && stampOf(path) === stamp);
}

function stampOf(path) {
  const { mtimeMs, size } = statSync(join(root, path));
  return `${Math.round(mtimeMs)}-${size}`;
}

function entryOf(name) {
  return join(root, bundles[name].entry);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await compileSdks();
  await bundlePlugins(
    process.argv.includes("--force")
      ? Object.keys(bundles).filter((name) => existsSync(entryOf(name)))
      : stalePlugins(),
  );
}
