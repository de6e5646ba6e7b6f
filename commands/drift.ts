import { EngineError } from "../engine/error.ts";
import { readArguments, usage } from "../operations/drift/arguments.ts";
import { UsageError } from "./frame/arguments.ts";

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  if (!args) {
    process.stdout.write(usage);
    return 0;
  }
  if (args.schema) {
    const { jsonSchema } = await import("../operations/drift/core/report/schema.ts");
    process.stdout.write(jsonSchema());
    return 0;
  }
  // Read by the providers, whose processes inherit it.
  process.env.TAILFIRE_READ_ONLY = "1";
  // Loaded here, so that help and wrong usage answer at once.
  const { runDrift } = await import("../operations/drift/run.ts");
  return runDrift(args);
}

process.exit(
  await main().catch(async (error: unknown) => {
    const { describeError } = await import("../operations/drift/core/target.ts");
    const known = error instanceof EngineError || error instanceof UsageError;
    process.stderr.write(`${known ? error.message : describeError(error)}\n`);
    return 1;
  }),
);
