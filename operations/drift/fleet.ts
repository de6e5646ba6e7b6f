import { join } from "node:path";
import { EngineError } from "../../engine/error.ts";
import type { Cloud } from "../../engine/guard.ts";
import { type FoundStack, listStacks } from "../../engine/list.ts";
import { defaultDataDir } from "../../engine/paths.ts";
import { organizationNameOf } from "../session/organizations.ts";
import { checkStack } from "./core/check.ts";
import { describeError } from "./core/describe-error.ts";
import type { Severity } from "./core/finding.ts";
import { headline } from "./core/report/summary.ts";
import type { StackResult } from "./core/result.ts";
import type { Subject } from "./core/subject.ts";
import type { DriftRequest } from "./request.ts";
import { isDeployed } from "./subject.ts";

/** What a run looks at. */
export interface Fleet {
  /** In order; those that were named and do not exist have no state to read. */
  readonly stacks: readonly (FoundStack | NoStack)[];
  /** With --all: stacks of which nothing is deployed. */
  readonly skipped: readonly string[];
  /** With --all: every stack of which anything is deployed, or whose state cannot be read. */
  readonly all: readonly string[] | undefined;
}

/** A stack that was named and is not in the backend. */
interface NoStack {
  readonly name: string;
  readonly readState?: undefined;
}

/**
 * Finds the stacks to look at in their backend. Creates none.
 * @param known stacks that earlier runs looked at; undefined where a backend without a stack is never fine
 * @throws EngineError with --all where nothing is deployed: nothing that was looked at is not clean
 */
export async function stacksToLookAt(
  request: Pick<DriftRequest, "all" | "stacks" | "cloud">,
  dataDir = defaultDataDir(),
  known?: ReadonlySet<string>,
): Promise<Fleet> {
  const found = await listStacks({ cloud: request.cloud, dataDir, settingsDir: join(dataDir, "hosted", "listing") });
  if (!request.all) {
    const stacks = request.stacks.map((name) => found.find((stack) => stack.name === name) ?? { name });
    return { stacks, skipped: [], all: undefined };
  }
  const sorted = found.sort((one, other) => byNumber(one.name, other.name));
  // A state that cannot be read is looked at as well: the look says so, for this stack alone.
  const deployed = await Promise.all(sorted.map(({ readState }) => readState().then(isDeployed, () => true)));
  const stacks = sorted.filter((_, index) => deployed[index]);
  if (found.length === 0 && known?.size === 0) return { stacks: [], skipped: [], all: undefined };
  if (stacks.length === 0) throw nothingDeployed(found, request.cloud);
  return {
    stacks,
    skipped: sorted.flatMap(({ name }, index) => (deployed[index] ? [] : [name])),
    all: stacks.map(({ name }) => name),
  };
}

function nothingDeployed(found: readonly FoundStack[], cloud: Cloud): EngineError {
  const names = found.map(({ name }) => name).join(", ");
  return new EngineError({
    attempted: "Looking at every stack of the backend",
    answered: `${names ? `nothing is deployed of ${names}` : "there is no stack of this project"}. Nothing was looked at, and no issue was changed`,
    next: cloud === "local" ? "Check TAILFIRE_DATA_DIR." : "Check PULUMI_BACKEND_URL, and the login to that backend.",
  });
}

const collator = new Intl.Collator("en", { numeric: true });
const byNumber = (one: string, other: string) =>
  Number(other === "prod") - Number(one === "prod") || collator.compare(one, other);

/** What one look at many stacks gives, and the secrets that were met, to be hidden. */
export interface FleetResult {
  readonly results: StackResult[];
  readonly secrets: string[];
}

/** Looks at stacks, some at a time. A stack that cannot be opened is `unreachable`, and does not keep the others. */
export async function checkFleet(options: {
  readonly stacks: readonly string[];
  readonly request: Pick<DriftRequest, "cloud" | "layers" | "failOn" | "concurrency">;
  readonly open: (stack: string) => Promise<Subject>;
  /** Called whenever one is done. */
  readonly onDone: (result: StackResult, done: number) => void;
}): Promise<FleetResult> {
  const { stacks, request, open, onDone } = options;
  const found = new Map<string, StackResult>();
  const secrets = new Set<string>();
  const look = async (stack: string): Promise<void> => {
    const started = performance.now();
    const result = await open(stack)
      .then(async (subject) => {
        const checked = await checkStack(subject, request);
        for (const secret of await subject.secrets()) secrets.add(secret);
        return checked;
      })
      .catch((error: unknown) => unopened(stack, error, (performance.now() - started) / 1000));
    found.set(stack, result);
    onDone(result, found.size);
  };
  for (const group of grouped(stacks, request.cloud)) {
    const waiting = [...group];
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await look(next);
    };
    await Promise.all(Array.from({ length: request.concurrency }, worker));
  }
  const results = stacks.flatMap((stack) => found.get(stack) ?? []);
  return { results, secrets: [...secrets] };
}

/** A process works for one organization of the local cloud at a time: the program reads its settings from one environment. */
function grouped(stacks: readonly string[], cloud: Cloud): string[][] {
  const groups = new Map<string, string[]>();
  for (const stack of stacks) {
    const key = cloud === "local" ? organizationNameOf(stack) : cloud;
    groups.set(key, [...(groups.get(key) ?? []), stack]);
  }
  return [...groups.values()];
}

function unopened(stack: string, error: unknown, seconds: number): StackResult {
  const reason = describeError(error);
  return {
    stack,
    status: "unreachable",
    reason,
    layers: [],
    findings: [],
    notes: [],
    seconds: Math.round(seconds * 1000) / 1000,
  };
}

/** Says on `stream` how far a run is: in place on a terminal, else a line for each stack. */
export function progressLine(
  stream: NodeJS.WriteStream,
  about: { readonly total: number; readonly failOn: Severity },
): (result: StackResult, done: number) => void {
  const { total, failOn } = about;
  return (result, done) => {
    const took = `${result.seconds.toFixed(1)} s`;
    const said = `${done} of ${total}: ${result.stack} ${headline(result, { failOn })} (${took})`;
    if (!stream.isTTY) stream.write(`${said}\n`);
    else stream.write(`\r\u001b[2K${done < total ? said.slice(0, Math.max(20, stream.columns - 1)) : ""}`);
  };
}
