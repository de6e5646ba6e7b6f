import { appendFile, writeFile } from "node:fs/promises";
import { RefusedError } from "../engine/error.ts";
import { Reporter } from "../engine/reporter.ts";
import type { Session } from "../operations/session/session.ts";
import { parseCommandLine, UsageError } from "./frame/arguments.ts";

const usage = `Plans a release to Production, and applies exactly the plan that was approved.

Usage: npm run release -- plan | apply | back POINT [options]

  plan                    migrations that will run, locks, destructive statements, resources; changes nothing
  apply                   the same once more, and then, if it is still the approved plan, up
    --approved DIGEST     the digest that plan printed
    --restore-point TEXT  where the backup is; only for a destructive plan the platform has no backup for
  back POINT              put Production's data back to the restore point that apply took: later writes are lost
    --yes                 needed: nothing asks any more
  --stack NAME            default prod
  --cloud local|hosted    default local
  --json                  one JSON document on stdout
  -h, --help              this text

In a workflow, plan writes digest, destructive and changes-catalog to $GITHUB_OUTPUT and itself to $GITHUB_STEP_SUMMARY.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused.
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const reporter = new Reporter({ write: say });

function read() {
  const options = {
    approved: { type: "string" },
    "restore-point": { type: "string" },
    stack: { type: "string", default: "prod" },
    cloud: { type: "string", default: "local" },
    yes: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  return parseCommandLine({ allowPositionals: true, options });
}

async function main(): Promise<void> {
  const { values, positionals } = read();
  if (values.help) return void process.stdout.write(usage);
  const [verb, ...rest] = positionals;
  const { cloud, stack: name } = values;
  const words = { plan: 0, apply: 0, back: 1 }[verb ?? ""];
  if (words !== rest.length || (cloud !== "local" && cloud !== "hosted")) throw new UsageError(usage);
  if (verb === "back" && !values.yes)
    throw new UsageError("back undoes every write since the restore point: add --yes to go ahead");
  if (verb === "apply" && !/^[0-9a-f]{64}$/.test(values.approved ?? ""))
    throw new UsageError("apply takes the digest of an approved plan: --approved DIGEST");
  const { openSession } = await import("../operations/session/session.ts");
  const { planRelease, releaseLines } = await import("../operations/release/plan.ts");
  const session = await openSession({ stack: name, cloud, onProgress: reporter.onProgress });
  if (verb === "back") return back(session, rest[0] ?? "");
  const plan = await planRelease(session.stack);
  const lines = releaseLines(plan);
  for (const line of lines) say(line);
  if (verb === "plan") await tellWorkflow(plan, lines);
  else {
    if (plan.digest !== values.approved) {
      throw new RefusedError({
        attempted: `Releasing to ${name}`,
        answered: `the plan is now ${plan.digest}, and ${values.approved} was approved`,
        next: "Nothing was changed. Plan again, and have that approved.",
      });
    }
    if (plan.destructive.length > 0) {
      const { restorePointFor } = await import("../operations/release/restore.ts");
      say(`Way back: ${await restorePointFor({ session, ref: plan.ref, given: values["restore-point"] })}`);
    }
    reporter.summary(await session.stack.up({ refresh: true }));
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ verb, ...plan }, null, 2)}\n`);
}

async function back(session: Session, point: string): Promise<void> {
  const { restore } = await import("../operations/release/restore.ts");
  const ref = await restore(session, point);
  say(`Project ${ref} is back at ${point}. Check out the code of then, and run npm run up before anything else.`);
}

/** Hands the plan to the jobs that follow, and to whoever approves it. */
async function tellWorkflow(
  plan: { digest: string; destructive: readonly string[]; changesCatalog: boolean },
  lines: readonly string[],
): Promise<void> {
  const { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary } = process.env;
  const pairs = {
    digest: plan.digest,
    destructive: plan.destructive.length > 0,
    "changes-catalog": plan.changesCatalog,
  };
  if (output)
    await appendFile(
      output,
      Object.entries(pairs)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
  if (summary) await writeFile(summary, `\`\`\`\`text\n${lines.join("\n")}\n\`\`\`\`\n`, { flag: "a" });
}

try {
  await main();
  process.exit(0);
} catch (error) {
  reporter.close();
  say(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof UsageError ? 2 : error instanceof RefusedError ? 3 : 1);
}
