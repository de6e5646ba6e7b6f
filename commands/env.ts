import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EngineError, RefusedError } from "../engine/error.ts";
import { projectRoot } from "../engine/paths.ts";
import type { StackOutputs } from "../engine/result.ts";
import { stackArguments } from "./frame/arguments.ts";
import { runStackCommand } from "./frame/command.ts";

const header = "# Written by npm run env.";

await runStackCommand(
  () =>
    stackArguments({
      name: "env",
      summary:
        "Writes .env for an application: its database through the transaction pooler, the direct URL, the API keys.",
      options: {
        output: { type: "string", short: "o", default: ".env" },
        force: { type: "boolean", default: false },
      },
      help: `  -o, --output FILE       the file to write, from the checkout (default .env)
  --force                 overwrite a file this command did not write`,
    }),
  async ({ arguments: args, session }) => {
    const path = resolve(projectRoot, String(args.flags.output));
    await refuseForeignFile(path, args.flags.force === true);
    const variables = applicationVariables(args.stack, await session.stack.outputs({ showSecrets: true }));
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, `${header} Stack: ${args.stack} (${args.cloud}).\n${lines.join("\n")}\n`, { mode: 0o600 });
    await rename(partial, path);
    const names = Object.keys(variables);
    process.stderr.write(`Wrote ${path}, for its owner only: ${names.join(", ")}\n`);
    if (args.json) process.stdout.write(`${JSON.stringify({ path, stack: args.stack, variables: names }, null, 2)}\n`);
  },
);

async function refuseForeignFile(path: string, force: boolean): Promise<void> {
  if (force || !existsSync(path) || (await readFile(path, "utf8")).startsWith(header)) return;
  throw new RefusedError({
    attempted: `Writing ${path}`,
    answered: "the file exists and was not written by this command",
    next: "Add --force to overwrite it, or --output to write another one.",
  });
}

/** What an application needs, from the outputs of its stack. @throws EngineError naming the outputs that are missing. */
function applicationVariables(stack: string, outputs: StackOutputs): Record<string, string> {
  const missing: string[] = [];
  const read = (...path: string[]): string => {
    const value = path.reduce<unknown>((found, key) => (isRecord(found) ? found[key] : undefined), values(outputs));
    if (typeof value === "string" || typeof value === "number") return String(value);
    missing.push(path.join("."));
    return "";
  };
  const database = read("database");
  const password = read("databasePassword");
  const url = (user: string, host: string, port: string) =>
    `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
  const pooler = (name: string) => url(read(name, "user"), read(name, "host"), read(name, "port"));
  const variables = {
    DATABASE_URL: pooler("transactionPooler"),
    DIRECT_URL: url(read("user"), read("host"), read("port")),
    SESSION_URL: pooler("sessionPooler"),
    SUPABASE_URL: read("apiUrl"),
    SUPABASE_ANON_KEY: read("anonKey"),
    SUPABASE_SERVICE_ROLE_KEY: read("serviceRoleKey"),
  };
  if (missing.length === 0) return variables;
  throw new EngineError({
    attempted: `Reading the outputs of stack ${stack}`,
    answered: `missing: ${[...new Set(missing)].join(", ")}`,
    next: `Bring the stack up first: npm run up -- ${stack}`,
  });
}

function values(outputs: StackOutputs): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
