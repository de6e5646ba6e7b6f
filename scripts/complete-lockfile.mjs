// Completes package-lock.json after `npm install`: a registry mirror may not serve the packages of other platforms, and
// npm then leaves out entries that `npm ci` insists on. Run: node scripts/complete-lockfile.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Optional dependencies the lockfile names and has no entry for, as [path, entry] to add. */
export function missingEntries(lock) {
  return Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !candidates(path, name).some((candidate) => candidate in lock.packages))
      .map(([name, version]) => [
        `node_modules/${name}`,
        { version, ...platformOf(name), ...(entry.dev ? { dev: true } : {}), optional: true },
      ]),
  );
}

/** Where npm may have put dependency `name` of the package at `path`. */
function candidates(path, name) {
  const own = path === "" ? [] : [`${path}/node_modules/${name}`];
  return [...own, `node_modules/${name}`];
}

function platformOf(name) {
  const os = /darwin|linux|win32|windows|freebsd|android/.exec(name)?.[0].replace("windows", "win32");
  const cpu = /arm64|x64|ia32|riscv64/.exec(name)?.[0];
  const libc = os === "linux" ? (name.includes("musl") ? "musl" : undefined) : undefined;
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(os ? { os: [os] } : {}), ...(libc ? { libc: [libc] } : {}) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(root, "package-lock.json");
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const missing = missingEntries(lock);
  lock.packages = Object.fromEntries(
    [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(missing.length === 0 ? "nothing was missing" : missing.map(([path]) => `added ${path}`).join("\n"));
}
