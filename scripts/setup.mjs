// Makes a checkout ready - Node, packages, plugins - and runs one task: node scripts/setup.mjs --run TASK [arguments].
// Plain JavaScript with nothing to install: it runs on a fresh clone, and must start on a Node too old for the rest.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".tailfire-lockfile");

checkNode();
const lockfileHash = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
if (!isInstalled()) installPackages();
const { stalePlugins, bundlePlugins, bundleOf, bundleNameOf } = await import("./bundle.mjs");
const { compileSdks } = await import("./compile-sdks.mjs");
const [flag, task, ...given] = process.argv.slice(2);
// npm keeps the "--" of "npm run TASK -- ARGUMENTS" to itself; pnpm and yarn hand it over.
const rest = given[0] === "--" ? given.slice(1) : given;
// Help needs no plugin.
const isHelp = rest.includes("--help") || rest.includes("-h");
const prepare = async () => {
  // Commands carry the SDKs in their bundle.
  await compileSdks();
  await bundlePlugins(stalePlugins().filter((name) => !isHelp || name === bundleNameOf(task)));
};
await prepare().catch((error) => {
  console.error(`Preparing plugins and SDKs failed: ${error.message}`);
  process.exit(1);
});
if (flag === "--run" && task) run(task, rest);

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`This project needs Node 20.19 or later; this is ${process.versions.node} (${process.execPath}).`);
  console.error("Install a current Node, make it the first on PATH, and run the same command again.");
  process.exit(1);
}

function isInstalled() {
  // pnpm installs what package.json says, and npm would take its folders apart.
  if (existsSync(join(root, "node_modules", ".modules.yaml"))) return existsSync(join(root, "node_modules", "tsx"));
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lockfileHash) return true;
  const hidden = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(hidden) || !existsSync(join(root, "node_modules", "tsx"))) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(hidden, "utf8")).packages;
  const same = Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) return true;
    const found = present[path];
    // Packages for other platforms are listed and not installed.
    if (!found) return Boolean(entry.optional || entry.devOptional || entry.peer);
    return found.version === entry.version && found.resolved === entry.resolved;
  });
  if (same) writeStamp();
  return same;
}

function installPackages() {
  const lock = join(tmpdir(), `tailfire-install-${createHash("sha256").update(root).digest("hex").slice(0, 16)}`);
  takeLock(lock);
  const failure = isInstalled() ? undefined : runInstallation();
  rmSync(lock, { force: true });
  if (failure === undefined) return;
  console.error(`Installing packages in ${root} failed: ${failure}.`);
  console.error("Correct what npm names above (network, disk space, rights) and run the same command again.");
  process.exit(1);
}

function runInstallation() {
  console.error("Installing packages (npm ci) ...");
  const npm = process.env.npm_execpath?.endsWith(".js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const [file, ...args] = [...npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const options = { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" };
  const { status, error } = spawnSync(file, args, options);
  if (status !== 0) return error?.message ?? `npm ci ended with code ${status}`;
  writeStamp();
  return undefined;
}

// Two commands started at once on a fresh clone would remove each other's half-installed packages.
function takeLock(lock) {
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    else {
      if (waited === 0) console.error(`Waiting for another command that is installing packages (${lock}) ...`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
}

function isAbandoned(lock) {
  try {
    process.kill(Number(readFileSync(lock, "utf8")), 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

function writeStamp() {
  try {
    writeFileSync(stamp, lockfileHash);
  } catch {
    // A read-only installation is compared in full each time instead.
  }
}

function run(name, args) {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const script = join(root, "commands", `${name}.ts`);
  const isTest = name === "test" || name === "test:quick";
  if (!isTest && !existsSync(script)) {
    console.error(`There is no task "${name}": ${script} does not exist.`);
    process.exit(2);
  }
  const bundle = bundleOf(name);
  const source = bundle ? [bundle] : ["--import", "tsx/esm", script];
  const command = isTest ? [vitest, "run", ...args] : [...source, ...args];
  // Read by vitest.config.ts.
  const env = name === "test:quick" ? { ...process.env, TEST_QUICK: "1" } : process.env;
  const child = spawn(process.execPath, command, { cwd: root, stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    // What kills a process from outside leaves it no word of its own; 13 is a process that waits for nothing any more.
    if (signal) console.error(`${name} was ended by ${signal}.`);
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}
