import { RefusedError } from "../../engine/error.ts";
import { defaultDataDir } from "../../engine/paths.ts";
import type { Reporter } from "../../engine/reporter.ts";
import type { Management } from "../../providers/management/access.ts";
import { hostedPlatform } from "../platform/account.ts";
import { localPlatform, openLocalCloud } from "../session/local-cloud.ts";
import { examineAccount } from "./cost.ts";
import { newRunId } from "./name.ts";
import type { VerifyRequest } from "./request.ts";
import { prepareRun } from "./stacks.ts";
import type { StepRunner } from "./step-runner.ts";
import { runSteps } from "./steps.ts";
import { leftBehind, sweep } from "./sweep.ts";

/** What a verification needs of the one who calls it. */
export interface VerifyOptions {
  readonly say: (line: string) => void;
  readonly reporter: Reporter;
  /** Goes on after a yes. @throws RefusedError without one */
  confirm(question: { readonly question: string; readonly attempted: string }): Promise<void>;
  /** Runs a step and keeps its time. */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /** Ctrl-C: after `cleansUp` it ends what the engine does and no more, and `asked` says whether it came. */
  readonly interruption: { readonly asked: boolean; cleansUp(): void };
}

/** Removes what earlier runs left, by the names of the projects. */
export async function removeLeftBehind({
  local,
  confirm,
  say,
}: Pick<VerifyOptions, "confirm" | "say"> & { readonly local: boolean }): Promise<void> {
  const platform = await platformOf(local, say);
  const found = await leftBehind(platform);
  for (const { name, ref } of found) say(`left behind: ${name} (${ref})`);
  if (found.length > 0) await confirm({ question: "Remove them?", attempted: "Cleaning up" });
  const removed = await sweep({ platform, dataDir: defaultDataDir(), say });
  say(removed.length === 0 ? "Nothing was left behind." : `Removed ${removed.length} projects.`);
}

/** Makes both environments, uses them, and removes them again. @throws Error with the first step that failed */
export async function verify(request: VerifyRequest, options: VerifyOptions): Promise<void> {
  const { say, confirm, step, interruption } = options;
  const { local, region, everything } = request;
  const platform = await platformOf(local, say);
  const account = await examineAccount(platform, request);
  const id = newRunId();
  const count = everything ? 3 : 2;
  say(`Makes ${count} projects in ${region} at ${platform.endpoint}, and removes them again (run ${id}).`);
  say(local ? "Cost: nothing, it is the local cloud." : `Cost: ${account.cost}.`);
  if (!local) await confirm({ question: "Go ahead?", attempted: "Verifying" });
  interruption.cleansUp();
  const dataDir = defaultDataDir();
  try {
    await useAll(request, options, { id, platform, account });
  } catch (error) {
    options.reporter.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${await removeAll(platform, id, say)}`, { cause: error });
  }
  const left = await step("Look for what is left", () => sweep({ platform, dataDir, run: id, settled: true, say }));
  if (left.length > 0) throw new Error(`destroy left ${left.length} projects behind; they are removed now`);
}

interface Place {
  readonly id: string;
  readonly platform: Management;
  readonly account: Awaited<ReturnType<typeof examineAccount>>;
}

async function useAll(request: VerifyRequest, options: VerifyOptions, place: Place): Promise<void> {
  const { region, connection, loginRole, everything, local } = request;
  const { say, interruption, reporter } = options;
  const { id, platform, account } = place;
  const where = { platform, organization: account.slug, region, connection, loginRole };
  const run = await prepareRun({ id, ...where, dataDir: defaultDataDir(), onProgress: reporter.onProgress });
  const step: StepRunner["step"] = async (name, work) => {
    if (interruption.asked) throw new Error("Interrupted.");
    return options.step(name, work);
  };
  // The local cloud has both.
  const has = { branches: local || !account.free, pauses: local || account.free };
  await runSteps({ run, say, step }, { connection, everything, ...has });
}

async function platformOf(local: boolean, say: (line: string) => void): Promise<Management> {
  if (local) return localPlatform(await openLocalCloud({ dataDir: defaultDataDir(), onProgress: say }), "preview");
  const platform = hostedPlatform();
  if (platform) return platform;
  throw new RefusedError({
    attempted: "Verifying against the hosted platform",
    answered: "SUPABASE_ACCESS_TOKEN is not set",
    next: "Set it to a token of a member of the organization, or try it here first: npm run verify:hosted -- --local",
  });
}

/** Says how it went; never throws, so that what failed first is what is told. */
async function removeAll(platform: Management, run: string, say: (line: string) => void): Promise<string> {
  say("\nRemoving what was made. If this is cut off: npm run verify:hosted -- --clean");
  try {
    const removed = await sweep({ platform, dataDir: defaultDataDir(), run, say });
    return `Cleaned up: ${removed.length} projects removed, none is left.`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `Not everything could be removed (${reason}). Run: npm run verify:hosted -- --clean`;
  }
}
