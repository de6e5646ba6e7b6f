import { rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EngineError, RefusedError } from "../engine/error.ts";
import { projectRoot } from "../engine/paths.ts";
import type { StackOutputs } from "../engine/result.ts";
import { connectionString, loginOf, type Route } from "../operations/session/login.ts";
import { confirm } from "./frame/confirm.ts";
import { envFileHeader, ownerOfEnvFile } from "./frame/env-file.ts";
import { runStackCommand, type StackArguments } from "./frame/stack-command.ts";

/** Outputs that the file is made of. */
const NEEDED = [
  ...["host", "port", "user", "database", "databasePassword", "transactionPooler", "sessionPooler"],
  ...["apiUrl", "anonKey", "serviceRoleKey"],
];

void runStackCommand(
  {
    name: "env",
    summary:
      "Writes .env for an application: its database through the transaction pooler, the direct URL, the API keys.",
    options: {
      output: { type: "string", short: "o", default: ".env" },
      force: { type: "boolean", default: false },
    },
    help: `  -o, --output FILE       the file to write, from the checkout (default .env)
  --force                 overwrite a file this command did not write
Asks before a file that was written for one stack becomes another's. Says which addresses do not answer here.`,
  },
  async ({ arguments: args, values, session, say, document }) => {
    const path = resolve(projectRoot, values.output);
    await refuseForeignFile({ path, force: values.force, args });
    const outputs = await session.stack.outputs({ showSecrets: true });
    const variables = applicationVariables(args.stack, outputs);
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, `${envFileHeader(args)}\n${lines.join("\n")}\n`, { mode: 0o600 });
    await rename(partial, path);
    const names = Object.keys(variables);
    say(`Wrote ${path}, for its owner only: ${names.join(", ")}`);
    const { unreachableAddresses } = await import("../operations/session/reachable.ts");
    const unreachable = await unreachableAddresses(outputs, variables.SUPABASE_URL);
    for (const { name, reason } of unreachable) say(`${name} does not answer from this machine: ${reason}`);
    if (unreachable.length > 0) say(`npm run doctor -- ${args.stack} looks for the cause.`);
    document({ path, stack: args.stack, variables: names, unreachable });
  },
);

async function refuseForeignFile(asked: {
  readonly path: string;
  readonly force: boolean;
  readonly args: StackArguments;
}): Promise<void> {
  const { path, force, args } = asked;
  const owner = ownerOfEnvFile(path);
  if (force || owner === undefined) return;
  if (owner === "unknown") {
    throw new RefusedError({
      attempted: `Writing ${path}`,
      answered: "the file exists and was not written by this command",
      next: "Add --force to overwrite it, or --output to write another one.",
    });
  }
  if (args.yes || (owner.stack === args.stack && owner.cloud === args.cloud)) return;
  const [before, now] = [owner, args].map(({ stack, cloud }) => `stack ${stack} (${cloud})`);
  await confirm({
    question: `${path} was written for ${before}. Write it for ${now}?`,
    attempted: `Writing ${path}, which was written for ${before}, for ${now}`,
  });
}

/** What an application needs, from the outputs of its stack. @throws EngineError naming the outputs that are missing. */
function applicationVariables(stack: string, outputs: StackOutputs): Record<string, string> {
  const url = (route: Route) => connectionString(loginOf(outputs, route));
  const text = (name: string) => String(outputs[name]?.value);
  const missing = NEEDED.filter((name) => !outputs[name]?.value);
  if (missing.length > 0) {
    throw new EngineError({
      attempted: `Reading the outputs of stack ${stack}`,
      answered: `missing: ${missing.join(", ")}`,
      next: `Bring the stack up first: npm run up -- ${stack}`,
    });
  }
  return {
    DATABASE_URL: url("transactionPooler"),
    DIRECT_URL: url("direct"),
    SESSION_URL: url("sessionPooler"),
    SUPABASE_URL: text("apiUrl"),
    SUPABASE_ANON_KEY: text("anonKey"),
    SUPABASE_SERVICE_ROLE_KEY: text("serviceRoleKey"),
  };
}
