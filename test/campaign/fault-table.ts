import { CALL_FAULTS, type CallFaultKind } from "../../local/projects/faults.ts";
import { type Fate, openFlakyFront } from "../supabase/flaky-front.ts";
import {
  expectConverged,
  expectDestroyed,
  type FaultTrial,
  openTrialStack,
  removeProject,
  removeStuck,
  removeStuckBranch,
  SHORT_TIMEOUT,
  upOnce,
  withTrial,
} from "./fault-trial.ts";

/** One trouble of one `up`. */
export interface FaultCase {
  /** Operation of the API that it meets, such as `POST /v1/projects`; a made-up name's sentinel has none. */
  call?: string;
  kind: CallFaultKind | string;
  /** The first call of the operation, or every one of them until the first `up` ends. */
  lasts: "once" | "throughout";
  /** Words in the name of the project, or of the branch, which ask the local cloud for a trouble of its creation. */
  project?: string;
  branch?: string;
}

/** Troubles of a creation, for which a project or branch asks by its name. They meet no other call. */
export const CREATION_FAULTS = [
  "fault-slow-create-1s",
  "fault-init-failed-1x",
  "fault-stuck-coming-up-1x",
  "fault-ready-before-usable-1s",
  "fault-create-reset",
  "fault-create-timeout-3s",
] as const;

/** Runs of `up` after which a stack has to have converged: the troubled one, and on a busy machine some that run out of time. */
const RUNS = 6;

/**
 * Every case: each fault of the local cloud at each call that an undisturbed `up` makes. An answer can be lost only where
 * the call changes something. What lasts ends the `up` at that call; 500 stands for all that lasts.
 */
export function casesOf(calls: readonly string[]): FaultCase[] {
  const single = calls.flatMap((call) =>
    CALL_FAULTS.filter((kind) => kind !== "lost-answer" || !call.startsWith("GET")).map(
      (kind): FaultCase => ({ call, kind, lasts: "once" }),
    ),
  );
  const lasting = calls.map((call): FaultCase => ({ call, kind: "500", lasts: "throughout" }));
  const creations = CREATION_FAULTS.flatMap((kind): FaultCase[] => [
    { kind, lasts: "once", project: kind },
    { kind, lasts: "once", branch: kind },
  ]);
  return [...creations, ...lasting, ...single];
}

export interface TableTally {
  calls: number;
  cases: number;
  /** Cases whose first `up` failed, and whose next ones converged. */
  failed: number;
  ups: number;
}

/**
 * Each fault at each call, through the real engine: `up` has to end in a state from which the next converges, with one
 * project, one key and one branch. Tries every case before it throws for those that did not hold.
 * @param options.every 1 tries all of them; n every n-th, from the one that the seed chooses
 */
export async function faultTable(options: {
  every?: number;
  seed?: number;
  report?: (line: string) => void;
  stop?: AbortSignal;
}): Promise<TableTally> {
  const { every = 1, seed = 0, report } = options;
  const tally: TableTally = { calls: 0, cases: 0, failed: 0, ups: 0 };
  const broken: string[] = [];
  await withTrial(async (trial) => {
    const calls = await callsOfUp(trial);
    const table = casesOf(calls);
    const chosen = table.filter((_, index) => index % every === seed % every);
    tally.calls = calls.length;
    report?.(`${calls.length} calls, ${table.length} cases, ${chosen.length} of them now`);
    for (const [index, one] of chosen.entries()) {
      options.stop?.throwIfAborted();
      const title = `case ${index + 1} of ${chosen.length}, ${titleOf(one)}`;
      let reason = "";
      const ups = await tryCase(trial, { one, stack: `case-${index}` }).catch((error: Error) => {
        reason = error.message;
        broken.push(`${title}: ${reason}`);
        return undefined;
      });
      tally.cases++;
      tally.ups += ups ?? 0;
      if (ups !== undefined && ups > 1) tally.failed++;
      report?.(`${title}: ${ups === undefined ? `did not hold: ${reason}` : `converged in ${ups}`}`);
    }
  });
  if (broken.length > 0)
    throw new Error(`${broken.length} of ${tally.cases} cases did not hold:\n${broken.join("\n")}`);
  return tally;
}

function titleOf({ call, kind, lasts, branch }: FaultCase): string {
  if (call === undefined) return `${kind} of the ${branch === undefined ? "project" : "branch"}`;
  return `${kind} ${lasts} at ${call}`;
}

/** The operations that an undisturbed `up` asks for, sorted. */
async function callsOfUp(trial: FaultTrial): Promise<string[]> {
  const name = "calm";
  const front = await openFlakyFront({ behind: trial.trial.cloud.endpoint, fate: () => "pass" });
  try {
    const stack = await openTrialStack(trial, {
      name,
      endpoint: front.endpoint,
      stack: name,
      branch: "work",
      timeout: "60s",
    });
    const failure = await upOnce(stack);
    if (failure !== undefined) throw new Error(`an undisturbed up failed: ${failure}`);
    // Their order differs from run to run: resources are made at the same time.
    const calls = [...new Set(front.seen.map(({ line }) => operationOf(line)))].sort();
    await expectConverged(trial, { stack, name });
    await expectDestroyed(trial, { stack, name });
    return calls;
  } finally {
    await front.close();
  }
}

/** Answers how many runs of `up` it took. */
async function tryCase(trial: FaultTrial, { one, stack: stackName }: { one: FaultCase; stack: string }) {
  const name = `${stackName} ${one.project ?? ""}`.trim();
  const course: Course = { run: 1, met: 0 };
  const front = await openFlakyFront({
    behind: trial.trial.cloud.endpoint,
    fate: (line) => fateOf(one, course, operationOf(line)),
  });
  try {
    const branch = `work-${one.branch ?? "calm"}`;
    const endless = one.lasts === "throughout" || one.kind.includes("stuck");
    const timeout = endless ? SHORT_TIMEOUT : "60s";
    const stack = await openTrialStack(trial, { name, endpoint: front.endpoint, stack: stackName, branch, timeout });
    for (; ; course.run++) {
      const failure = await upOnce(stack);
      if (failure === undefined) break;
      if (course.run === RUNS) throw new Error(`no convergence in ${RUNS} runs: ${failure}`);
      if (one.project?.includes("stuck")) await removeStuck(trial, name);
      if (one.branch?.includes("stuck")) await removeStuckBranch(trial, { name, branch });
    }
    if (one.call !== undefined && course.met === 0) throw new Error("no call of that operation was made");
    await expectConverged(trial, { stack, name });
    await removeProject(trial, name);
    return course.run;
  } finally {
    await front.close();
  }
}

/** On a busy machine the first `up` may end before it makes the call: the trouble waits for the one that does. */
function fateOf(one: FaultCase, course: Course, operation: string): Fate {
  if (operation !== one.call) return "pass";
  course.metIn ??= course.run;
  if (course.run !== course.metIn || (one.lasts === "once" && course.met > 0)) return "pass";
  course.met++;
  return FATES[one.kind] ?? "pass";
}

interface Course {
  /** The run of `up` that goes on. */
  run: number;
  /** The run that met the trouble. */
  metIn?: number;
  /** How often. */
  met: number;
}

/** As the local cloud does it for a name with that word. */
const FATES: Record<string, Fate> = {
  "429": { status: 429, headers: { "retry-after": "1" }, body: '{"message":"ThrottlerException: Too Many Requests"}' },
  "500": { status: 500, body: '{"message":"of the campaign"}' },
  reset: "reset",
  "lost-answer": { lost: "reset" },
} satisfies Record<CallFaultKind, Fate>;

function operationOf(line: string): string {
  return line.replace(/[a-z]{20}|[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}").replace(/\?.*$/, "");
}
