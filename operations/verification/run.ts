import { UsageError } from "../../commands/frame/arguments.ts";
import { Clock } from "../../commands/frame/clock.ts";
import { confirm, exitCodes } from "../../commands/frame/command.ts";
import { cancelInOrder } from "../../commands/frame/interrupt.ts";
import { RefusedError } from "../../engine/error.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { defaultDataDir } from "../../engine/paths.ts";
import { Reporter } from "../../engine/reporter.ts";
import type { Management } from "../../providers/management/access.ts";
import { hostedPlatform } from "../platform/account.ts";
import { localPlatform, openLocalCloud } from "../session/local-cloud.ts";
import { type VerifyArguments, verifyArguments } from "./arguments.ts";
import { examineAccount } from "./cost.ts";
import { newRunId } from "./name.ts";
import { prepareRun } from "./stacks.ts";
import type { StepRunner } from "./step-runner.ts";
import { runSteps } from "./steps.ts";
import { leftBehind, sweep } from "./sweep.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const reporter = new Reporter({ write: say, colours: process.stdout.isTTY && !process.env.NO_COLOR });
const dataDir = defaultDataDir();
let interrupted = () => false;

try {
  const args = verifyArguments();
  const platform = await platformOf(args);
  await (args.clean ? clean(args, platform) : verify(args, platform));
  process.exit(exitCodes.done);
} catch (error) {
  reporter.close();
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(interrupted() ? exitCodes.interrupted : exitCode(error));
}

async function platformOf({ local }: VerifyArguments): Promise<Management> {
  if (local) {
    return localPlatform(await openLocalCloud({ dataDir, onProgress: say }), "preview");
  }
  const platform = hostedPlatform();
  if (platform) return platform;
  throw new RefusedError({
    attempted: "Verifying against the hosted platform",
    answered: "SUPABASE_ACCESS_TOKEN is not set",
    next: "Set it to a token of a member of the organization, or try it here first: npm run verify:hosted -- --local",
  });
}

async function clean(args: VerifyArguments, platform: Management): Promise<void> {
  const found = await leftBehind(platform);
  for (const { name, ref } of found) say(`left behind: ${name} (${ref})`);
  if (found.length > 0 && !args.yes) await confirm({ question: "Remove them?", attempted: "Cleaning up" });
  const removed = await sweep({ platform, dataDir, say });
  say(removed.length === 0 ? "Nothing was left behind." : `Removed ${removed.length} projects.`);
}

async function verify(args: VerifyArguments, platform: Management): Promise<void> {
  const { region, connection, loginRole, everything } = args;
  const account = await examineAccount(platform, args);
  const id = newRunId();
  const count = everything ? 3 : 2;
  say(`Makes ${count} projects in ${region} at ${platform.endpoint}, and removes them again (run ${id}).`);
  say(args.local ? "Cost: nothing, it is the local cloud." : `Cost: ${account.cost}.`);
  if (!args.yes && !args.local) await confirm({ question: "Go ahead?", attempted: "Verifying" });
  const clock = new Clock(say);
  let current: EnvironmentStack | undefined;
  interrupted = cancelInOrder({ interrupt: () => current?.interrupt() });
  try {
    const { onProgress } = reporter;
    const where = { platform, organization: account.slug, region, connection, loginRole };
    const run = await prepareRun({ id, ...where, dataDir, onProgress });
    const step: StepRunner["step"] = async (name, work) => {
      if (interrupted()) throw new Error("Interrupted.");
      return clock.run(name, work);
    };
    const onStack = (stack: EnvironmentStack) => {
      current = stack;
    };
    // The local cloud has both.
    const has = { branches: args.local || !account.free, pauses: args.local || account.free };
    await runSteps({ run, say, step, onStack }, { connection, everything, ...has });
  } catch (error) {
    reporter.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${await removeAll(platform, id)}`, { cause: error });
  }
  const left = await clock.run("Look for what is left", () =>
    sweep({ platform, dataDir, run: id, settled: true, say }),
  );
  if (left.length > 0) throw new Error(`destroy left ${left.length} projects behind; they are removed now`);
  say("\nTime");
  for (const { step, seconds } of clock.steps) say(`  ${seconds.toFixed(1).padStart(6)} s  ${step}`);
  say("\nEvery step passed, and nothing is left.");
}

/** Says how it went; never throws, so that what failed first is what is told. */
async function removeAll(platform: Management, run: string): Promise<string> {
  say("\nRemoving what was made. If this is cut off: npm run verify:hosted -- --clean");
  try {
    const removed = await sweep({ platform, dataDir, run, say });
    return `Cleaned up: ${removed.length} projects removed, none is left.`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `Not everything could be removed (${reason}). Run: npm run verify:hosted -- --clean`;
  }
}

function exitCode(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  return error instanceof RefusedError ? exitCodes.refused : exitCodes.failed;
}
