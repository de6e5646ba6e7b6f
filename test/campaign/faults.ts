import { type Fate, openFlakyFront } from "../supabase/flaky-front.ts";
import {
  expectConverged,
  expectDestroyed,
  type FaultTrial,
  openTrialStack,
  removeStuck,
  upOnce,
  withTrial,
} from "./fault-trial.ts";
import { random } from "./random.ts";

/** How often each trouble met an `up`, and how many runs it took in all. */
export interface FaultTally {
  ups: number;
  failed: number;
  interrupted: number;
  calls: number;
}

/** Troubles of a project by the words in its name; "" is none. */
const SENTINELS = [
  "",
  "",
  "fault-slow-create-1s",
  "fault-ready-before-usable-1s",
  "fault-init-failed-1x",
  "fault-stuck-coming-up-1x",
  "fault-create-reset",
  "fault-create-timeout-3s",
  "fault-429",
  "fault-500-2x",
  "fault-reset-2x",
  "fault-lost-answer",
] as const;

/** Share of the calls that fail, in the first run and the second; later runs are left alone. */
const RATES = [0, 0.1, 0.35] as const;
const TROUBLED_RUNS = 2;
/** A name that asks for two failures of each call costs two runs for each that is not repeated by itself. */
const RUNS = 9;

/**
 * Per round: a project with a key, secrets and settings, through the real engine, with troubles of the platform, of the
 * network and of a person who presses Ctrl-C. Runs `up` until it succeeds without them, and looks: nothing left to change,
 * exactly one project, exactly one key. Throws for the first round that does not end so.
 */
export async function faults(options: {
  rounds: number;
  seed: number;
  /** Only this round, counted from 1: repeats the one that failed. */
  only?: number | undefined;
  report?: (line: string) => void;
  stop?: AbortSignal;
}): Promise<FaultTally> {
  const tally: FaultTally = { ups: 0, failed: 0, interrupted: 0, calls: 0 };
  await withTrial(async (trial) => {
    const { only, rounds } = options;
    for (let number = only ?? 1; number <= (only ?? rounds); number++) {
      options.stop?.throwIfAborted();
      const seed = options.seed * 1000 + number;
      const line = await round({ trial, seed, tally }).catch((error: Error) => {
        throw new Error(`round ${number} of seed ${options.seed}: ${error.message}`, { cause: error });
      });
      options.report?.(`round ${number}: ${line}`);
    }
  });
  return tally;
}

interface Round {
  trial: FaultTrial;
  seed: number;
  tally: FaultTally;
}

async function round({ trial, seed, tally }: Round): Promise<string> {
  const next = random(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item;
  const sentinel = pick(SENTINELS);
  const name = `round-${seed} ${sentinel}`.trim();
  const schedule = { seed, rate: pick(RATES), run: 0 };
  const front = await openFlakyFront({
    behind: trial.trial.cloud.endpoint,
    fate: (line, nth) => fateOf(schedule, line, nth),
  });
  try {
    const stack = await openTrialStack(trial, { name, endpoint: front.endpoint, stack: `round-${seed}` });
    const notes: string[] = [];
    for (schedule.run = 1; ; schedule.run++) {
      const cutAfterMs = schedule.run <= TROUBLED_RUNS && next() < 0.25 ? Math.round(300 + next() * 4000) : undefined;
      const failure = await upOnce(stack, cutAfterMs);
      tally.ups++;
      if (failure) tally.failed++;
      if (cutAfterMs !== undefined) tally.interrupted++;
      notes.push(failure ? `failed${cutAfterMs === undefined ? "" : ` (cut after ${cutAfterMs} ms)`}` : "done");
      if (!failure && schedule.run > (schedule.rate > 0 ? TROUBLED_RUNS : 0)) break;
      if (schedule.run === RUNS) throw new Error(`"${name}" did not converge in ${RUNS} runs: ${failure}`);
      if (failure && sentinel.includes("stuck")) await removeStuck(trial, name);
    }
    await expectConverged(trial, { stack, name });
    tally.calls += front.seen.length;
    await expectDestroyed(trial, { stack, name });
    return `${name}, ${schedule.rate * 100} % of calls: ${notes.join(", ")}`;
  } finally {
    await front.close();
  }
}

/**
 * What happens to a call. Decided by seed, run and what is called rather than by the order of calls, which run at the same
 * time; so a round can be repeated.
 */
function fateOf(schedule: { seed: number; rate: number; run: number }, line: string, nth: number): Fate {
  const rate = schedule.run > TROUBLED_RUNS ? 0 : schedule.rate / schedule.run;
  const operation = line.replace(/[a-z]{20}|[0-9a-f-]{36}/g, ":id");
  const next = random(hash(`${schedule.seed} ${schedule.run} ${operation} ${nth}`));
  if (next() >= rate) return "pass";
  const write = !line.startsWith("GET");
  const kinds: Fate[] = [
    { status: 500, body: '{"message":"of the campaign"}' },
    { status: 429, headers: { "retry-after": "1" }, body: '{"message":"ThrottlerException: Too Many Requests"}' },
    { status: 403, body: '{"message":"for a moment"}' },
    "reset",
    { lost: write ? "reset" : { status: 504, body: "gateway time-out" } },
  ];
  return kinds[Math.floor(next() * kinds.length)] ?? "pass";
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 16_777_619);
  return value >>> 0;
}
