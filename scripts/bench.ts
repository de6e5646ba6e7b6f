import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isHelpAsked } from "./help.ts";

// npm run bench -- NAME [--json] [arguments]: runs bench/NAME.ts, which prints tables, or with --json one document.
const folder = join(import.meta.dirname, "..", "bench");
const [name, ...rest] = process.argv.slice(2);
const file = join(folder, `${name}.ts`);
const help = isHelpAsked([name ?? ""]);
if (help || !name || !/^[\w-]+$/.test(name) || !existsSync(file)) {
  const names = readdirSync(folder).filter(
    (entry) => entry.endsWith(".ts") && !["table.ts", "machine.ts", "relay.ts", "relay-process.ts"].includes(entry),
  );
  process[help ? "stdout" : "stderr"].write(
    `Usage: npm run bench -- NAME [--json]\nNAME is one of: ${names.map((entry) => entry.slice(0, -3)).join(", ")}\n`,
  );
  process.exit(help ? 0 : 2);
}
process.argv.splice(2, process.argv.length, ...rest);
await import(pathToFileURL(file).href);
