import { parseArgs } from "node:util";
import { checkStack } from "../drift/check.ts";
import { LAYERS, SEVERITIES } from "../drift/finding.ts";
import { terminalReport } from "../drift/report/terminal.ts";
import { exitCode, type Report, type StackResult } from "../drift/result.ts";
import { describeError } from "../drift/target.ts";

const usage = `Says whether environments are what the code says: resources, migrations, schema, catalog, security, configuration.
Changes nothing.

Usage: npm run drift -- STACK... [options]

  --only LAYER            one of ${LAYERS.join(", ")}; may be repeated
  --fail-on LEVEL         ${SEVERITIES.join(", ")} (default low)
  --cloud local|hosted    where the stacks live (default local)
  --json                  one JSON document on stdout
  -h, --help              this text

Exit codes: 0 clean, 2 drift, 1 something could not be read, or wrong usage.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string", multiple: true, default: [] },
      "fail-on": { type: "string", default: "low" },
      cloud: { type: "string", default: "local" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const layers = LAYERS.filter((layer) => values.only.length === 0 || values.only.includes(layer));
  const failOn = SEVERITIES.find((level) => level === values["fail-on"]);
  const { cloud } = values;
  const known = values.only.every((name) => LAYERS.some((layer) => layer === name));
  if (positionals.length === 0 || !known || !failOn || (cloud !== "local" && cloud !== "hosted")) {
    process.stderr.write(usage);
    return 1;
  }
  // Read by the providers, whose processes inherit it.
  process.env.TAILFIRE_READ_ONLY = "1";
  const { openSubject } = await import("./drift/subject.ts");
  const started = Date.now();
  const stacks: StackResult[] = [];
  for (const stack of positionals) {
    try {
      stacks.push(await checkStack(await openSubject({ stack, cloud }), { layers, failOn }));
    } catch (error) {
      const notes = [describeError(error)];
      stacks.push({ stack, catalog: undefined, status: "unread", layers: [], findings: [], notes, seconds: 0 });
    }
  }
  const seconds = (Date.now() - started) / 1000;
  const report: Report = {
    schemaVersion: 1,
    startedAt: new Date(started).toISOString(),
    seconds,
    failOn,
    stacks,
    notes: [],
  };
  process.stdout.write(
    values.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : `${terminalReport(report, { colour: process.stdout.isTTY })}\n`,
  );
  return exitCode(report);
}

process.exit(
  await main().catch((error: unknown) => {
    process.stderr.write(`${describeError(error)}\n`);
    return 1;
  }),
);
