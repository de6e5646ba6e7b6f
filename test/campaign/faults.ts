import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Apikey, AuthSettings, EdgeFunctionSecrets, Project } from "@pulumi/supabase";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack } from "../../engine/stack.ts";
import { type Fate, openFlakyFront } from "../supabase/flaky-front.ts";
import { Trial } from "../supabase/trial.ts";
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
const CREATE_TIMEOUT = "6s";

/**
 * Per round: a project with a key, secrets and settings, through the real engine, with troubles of the platform, of the
 * network and of whoever presses Ctrl-C. Runs `up` until it succeeds without them, and looks: nothing left to change,
 * exactly one project, exactly one key. Throws for the first round that does not end so.
 */
export async function faults(options: {
  rounds: number;
  seed: number;
  report?: (line: string) => void;
}): Promise<FaultTally> {
  const tally: FaultTally = { ups: 0, failed: 0, interrupted: 0, calls: 0 };
  const trial = await Trial.open();
  const folder = await mkdtemp(join(tmpdir(), "campaign-faults-"));
  try {
    const plugin = join(import.meta.dirname, "../../providers/supabase");
    const project = `name: trial\nruntime: nodejs\nplugins:\n  providers:\n    - name: supabase\n      path: ${plugin}\n`;
    await writeFile(join(folder, "Pulumi.yaml"), project);
    for (let number = 1; number <= options.rounds; number++) {
      const seed = options.seed * 1000 + number;
      const line = await round({ trial, folder, seed, tally }).catch((error: Error) => {
        throw new Error(`round ${number} of seed ${options.seed}: ${error.message}`, { cause: error });
      });
      options.report?.(`round ${number}: ${line}`);
    }
    return tally;
  } finally {
    await trial.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Round {
  trial: Trial;
  folder: string;
  seed: number;
  tally: FaultTally;
}

async function round({ trial, folder, seed, tally }: Round): Promise<string> {
  const next = random(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item;
  const sentinel = pick(SENTINELS);
  const name = `round-${seed} ${sentinel}`.trim();
  const schedule = { seed, rate: pick(RATES), run: 0 };
  const front = await openFlakyFront({
    behind: trial.cloud.endpoint,
    fate: (line, nth) => fateOf(schedule, line, nth),
  });
  try {
    const stack = await openRound({ trial, folder, name, endpoint: front.endpoint, stack: `round-${seed}` });
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
    await expectConverged({ stack, trial, name });
    tally.calls += front.seen.length;
    await stack.destroy();
    const left = await patiently(() => trial.refs(name));
    if (left.length > 0) throw new Error(`destroy left ${left.join(", ")}`);
    await stack.remove();
    return `${name}, ${schedule.rate * 100} % of calls: ${notes.join(", ")}`;
  } finally {
    await front.close();
  }
}

function openRound(options: { trial: Trial; folder: string; name: string; endpoint: string; stack: string }) {
  const { trial, folder, name, endpoint, stack } = options;
  const program = async () => {
    const timeouts = { customTimeouts: { create: CREATE_TIMEOUT, update: CREATE_TIMEOUT } };
    const { ref } = new Project("main", trial.inputs(name), timeouts);
    new Apikey("worker", { projectRef: ref, name: "worker" });
    new EdgeFunctionSecrets("main", { projectRef: ref, secrets: [{ name: "ONE", value: "1" }] });
    new AuthSettings("main", { projectRef: ref, jwtExp: 1800 });
    return { ref };
  };
  const env = {
    SUPABASE_ACCESS_TOKEN: trial.organization(0).token,
    SUPABASE_API_ENDPOINT: endpoint,
    SUPABASE_REQUEST_TIMEOUT_SECONDS: "2",
  };
  return openStack({ stack, cloud: "local", program, projectDir: folder, dataDir: folder, env });
}

/** The message of a failure; undefined where it succeeded. */
async function upOnce(stack: EnvironmentStack, cutAfterMs: number | undefined): Promise<string | undefined> {
  const cut = cutAfterMs === undefined ? undefined : setTimeout(() => stack.interrupt(), cutAfterMs);
  try {
    await stack.up();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(cut);
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

/** What a person does about a project that never comes up. Its successor of that name comes up. */
async function removeStuck(trial: Trial, name: string): Promise<void> {
  for (const ref of await patiently(() => trial.refs(name))) {
    const { status } = (await patiently(() => trial.client.getProject(ref))).data;
    if (status !== "COMING_UP") continue;
    await patiently(() => trial.client.deleteAProject(ref));
    await trial.gone(ref);
  }
}

async function expectConverged(options: { stack: EnvironmentStack; trial: Trial; name: string }): Promise<void> {
  const { stack, trial, name } = options;
  await stack.up({ expectNoChanges: true });
  const ref = String((await stack.outputs()).ref?.value);
  const refs = await patiently(() => trial.refs(name));
  if (refs.join() !== ref) throw new Error(`the stack has ${ref}; there are ${refs.join(", ") || "none"}`);
  const keys = (await patiently(() => trial.client.getProjectApiKeys(ref, {}))).data;
  const workers = keys.filter((key) => key.name === "worker").length;
  if (workers !== 1) throw new Error(`there are ${workers} keys named worker`);
  const secrets = (await patiently(() => trial.client.listAllSecrets(ref))).data;
  if (!secrets.some((secret) => secret.name === "ONE")) throw new Error("the secret ONE is not there");
}

/** The troubles a project's name asks for meet the other client too. */
async function patiently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (tries === 5) throw error;
      await sleep(100);
    }
  }
}
