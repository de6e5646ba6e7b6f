// A plugin has loaded all by then, and is ended by a signal. A task loads as it goes on; its help loads next to nothing.
const keptAtTheEnd = 'process.on("exit", () => process.uptime() > 1 && keep());';

// The first run leaves the compiled form next to the bundle, and later ones start in about two thirds of the time. Its
// name holds the bundle's digest and the version of Node, because V8 itself compares little more than lengths.
export const loaderOf = (id, task) => `
const { readFileSync, renameSync, writeFileSync } = require("node:fs");
const { constants, Script } = require("node:vm");
const file = require("node:path").join(__dirname, "${id}.cjs");
const cache = file.replace(/cjs$/, "${task ? `${task}-` : ""}" + process.version + "-" + process.arch + ".cache");
let cachedData;
try {
  cachedData = readFileSync(cache);
} catch {}
const importModuleDynamically = constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
const source = require("node:module").wrap(readFileSync(file, "utf8"));
const script = new Script(source, { filename: file, cachedData, importModuleDynamically });
script.runInThisContext()(exports, require, module, file, __dirname);
function keep() {
  try {
    writeFileSync(cache + "." + process.pid, script.createCachedData());
    renameSync(cache + "." + process.pid, cache);
  } catch {}
}
if (!cachedData || script.cachedDataRejected) {
  ${task ? keptAtTheEnd : "setTimeout(keep, 500).unref();"}
}
${task ? `exports.run(${JSON.stringify(task)});` : ""}
`;
