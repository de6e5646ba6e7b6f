import { Reporter } from "../engine/reporter.ts";
import type { StackSession } from "../operations/session/session.ts";
import { cloudFrom, UsageError } from "./frame/arguments.ts";
import { type CommandContext, runCommand } from "./frame/command.ts";
import type { Ending } from "./frame/exit-codes.ts";

const usage = `Plans a release to Production, and applies exactly the plan that was approved.

Usage: npm run release -- plan | apply | back POINT [options]

  plan                    migrations that will run, locks, destructive statements, resources; changes nothing
  apply                   the same once more, and then, if it is still the approved plan, up
    --approved DIGEST     the digest that plan printed
    --lose "KIND NAME,..."
                          projects, branches and secrets that may be deleted or replaced; what they hold is lost
    --restore-point TEXT  where the backup is; only for a destructive plan the platform has no backup for
  back POINT              put Production's data back to the restore point that apply took: later writes are lost
    --yes                 needed: nothing asks any more
  --stack NAME            default prod
  --cloud local|hosted    default local
  --json                  one JSON document on stdout`;

const options = {
  approved: { type: "string" },
  "restore-point": { type: "string" },
  lose: { type: "string", default: "" },
  stack: { type: "string", default: "prod" },
  cloud: { type: "string", default: "local" },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

void runCommand(
  {
    name: "release",
    usage,
    notes:
      "In a workflow, plan writes digest, destructive and changes-catalog to $GITHUB_OUTPUT and itself to $GITHUB_STEP_SUMMARY.",
    options,
    words: { verbs: { plan: [], apply: [], back: ["POINT"] } },
    exits: { refused: "refused", busy: "another process works on the stack" },
  },
  release,
);

type Context = CommandContext<typeof options>;

async function release(context: Context): Promise<Ending> {
  const { values, words, say } = context;
  const [verb] = words;
  const cloud = cloudFrom(values.cloud);
  if (verb === "back" && !values.yes)
    throw new UsageError("back undoes every write since the restore point: add --yes to go ahead");
  if (verb === "apply" && !/^[0-9a-f]{64}$/.test(values.approved ?? ""))
    throw new UsageError("apply takes the digest of an approved plan: --approved DIGEST");
  const { withSession } = await import("../operations/session/session.ts");
  const reporter = new Reporter({ write: say });
  const opening = { stack: values.stack, cloud, onProgress: reporter.onProgress };
  try {
    await withSession(opening, (session) => (verb === "back" ? back : planOrApply)(context, session, reporter));
    return "done";
  } finally {
    reporter.close();
  }
}

async function back({ words: [verb, point = ""], say, document }: Context, session: StackSession): Promise<void> {
  const { restore } = await import("../operations/release/restore.ts");
  const ref = await restore(session, point);
  say(`Project ${ref} is back at ${point}. Check out the code of then, and run npm run up before anything else.`);
  document({ verb, ref, point });
}

async function planOrApply(
  { values, words: [verb], say, document }: Context,
  session: StackSession,
  reporter: Reporter,
): Promise<void> {
  const { planRelease, releaseLines } = await import("../operations/release/plan.ts");
  const plan = await planRelease(session.stack);
  document({ verb, ...plan });
  const lines = releaseLines(plan);
  for (const line of lines) say(line);
  if (verb === "plan") {
    const { tellWorkflow } = await import("../operations/release/workflow.ts");
    return tellWorkflow(plan, lines);
  }
  const { applyRelease } = await import("../operations/release/apply.ts");
  const { namesToLose } = await import("../engine/losing/loss.ts");
  const lose = namesToLose(values.lose);
  const approval = { digest: values.approved, restorePoint: values["restore-point"], lose, say };
  reporter.summary(await applyRelease({ session, plan }, approval));
}
