// Bundles each provider plugin, the commands together, and two commands that run from anywhere, into one JavaScript file
// each: no TypeScript to load. Plain JavaScript: it runs from "prepare", before anything else of the project can.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loaderOf } from "./bundle-loader.mjs";
import { sqlInside, whereSourcesLie } from "./bundle-sources.mjs";
import { compileSdks } from "./compile-sdks.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const providerBundle = (name) => ({
  entry: `providers/${name}/provider.ts`,
  file: `providers/${name}/dist/provider.cjs`,
});
const commandBundle = (name) => ({ entry: `commands/${name}.ts`, file: `commands/dist/${name}/${name}.cjs` });
// These run what lies in bench/ and test/, which only a developer of this project needs.
const FROM_SOURCE = ["bench", "campaign"];
const bundles = {
  supabase: providerBundle("supabase"),
  database: providerBundle("database"),
  "db-migrate": commandBundle("db-migrate"),
  "db-status": commandBundle("db-status"),
  commands: { entry: "commands", file: "commands/dist/all/tasks.cjs", inPlace: true },
  daemon: { entry: "local/daemon/daemon.ts", file: "local/dist/daemon.cjs", inPlace: true },
};

/** Name of the bundle that holds a task; undefined for a task that runs from its source. */
export function bundleNameOf(task) {
  if (bundles[task]) return task;
  return tasksTogether().includes(task) ? "commands" : undefined;
}

/** The file that runs a task; undefined for a task that runs from its source. */
export function bundleOf(task) {
  const name = bundleNameOf(task);
  if (name === undefined) return undefined;
  return name === task ? fileOf(name) : join(dirname(fileOf(name)), `${task}.cjs`);
}

/** Names of the bundles that are missing or older than one of its sources. */
export function stalePlugins() {
  return Object.keys(bundles).filter((name) => existsSync(join(root, bundles[name].entry)) && !isFresh(name));
}

const fileOf = (name) => join(root, bundles[name].file);

function tasksTogether() {
  const files = readdirSync(join(root, bundles.commands.entry)).filter((file) => /^[\w-]+\.ts$/.test(file));
  return files.map((file) => file.slice(0, -3)).filter((task) => !bundles[task] && !FROM_SOURCE.includes(task));
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
  const { entry, inPlace } = bundles[name];
  const tasks = name === "commands" ? tasksTogether() : [];
  const outfile = fileOf(name);
  const dist = dirname(outfile);
  const inlined = new Set();
  const result = await build({
    absWorkingDir: root,
    ...(tasks.length > 0 ? { stdin: entryOf(tasks) } : { entryPoints: [join(root, entry)] }),
    external: inPlace ? foreign() : [],
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
    plugins: [inPlace ? whereSourcesLie(dist) : sqlInside(inlined)],
    define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename", "import.meta.url": "__url" },
    banner: { js: BANNER },
  });
  const [{ contents }] = result.outputFiles;
  const id = `plugin-${createHash("sha256").update(contents).digest("hex").slice(0, 12)}`;
  mkdirSync(dist, { recursive: true });
  replace(join(dist, `${id}.cjs`), contents);
  replace(outfile, loaderOf(id));
  for (const task of tasks) replace(join(dist, `${task}.cjs`), loaderOf(id, task));
  for (const file of readdirSync(dist)) {
    if (file.startsWith("plugin-") && !file.startsWith(id)) rmSync(join(dist, file), { force: true });
  }
  const inputs = [...Object.keys(result.metafile.inputs), ...inlined].filter((path) => existsSync(join(root, path)));
  replace(join(dist, "inputs.json"), JSON.stringify(Object.fromEntries(inputs.map((path) => [path, stampOf(path)]))));
}

const BANNER = `
const __at = (path) => require("node:path").join(__dirname, path);
const __urlOf = (file) => require("node:url").pathToFileURL(file).href;
const __url = __urlOf(__filename);
`;

// They share most of what they load. Each is loaded when it is asked for.
function entryOf(tasks) {
  const imports = tasks.map((task) => `${JSON.stringify(task)}: () => import("./commands/${task}.ts")`);
  return { contents: `exports.run = (task) => ({ ${imports.join(", ")} })[task]();`, resolveDir: root };
}

// Tools, and what has a program for each platform.
function foreign() {
  const { devDependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return [...Object.keys({ ...devDependencies, ...optionalDependencies }), "tsx"];
}

// Another process may be starting the plugin at this moment: it sees the old file or the new one.
function replace(path, contents) {
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, path);
}

function isFresh(name) {
  const dist = dirname(fileOf(name));
  const files = name === "commands" ? tasksTogether().map(bundleOf) : [fileOf(name)];
  if (!files.every(existsSync) || !existsSync(join(dist, "inputs.json"))) return false;
  const inputs = JSON.parse(readFileSync(join(dist, "inputs.json"), "utf8"));
  return Object.entries(inputs).every(([path, stamp]) => existsSync(join(root, path)) && stampOf(path) === stamp);
}

function stampOf(path) {
  const { mtimeMs, size } = statSync(join(root, path));
  return `${Math.round(mtimeMs)}-${size}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await compileSdks();
  await bundlePlugins(
    process.argv.includes("--force")
      ? Object.keys(bundles).filter((name) => existsSync(join(root, bundles[name].entry)))
      : stalePlugins(),
  );
}
