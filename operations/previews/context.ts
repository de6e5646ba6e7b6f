import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { StackBusyError } from "../../engine/error.ts";
import type { Progress } from "../../engine/events.ts";
import type { Cloud } from "../../engine/guard.ts";
import { type FoundStack, forgetLocalStack, listStacks, localStackTraces } from "../../engine/list.ts";
import { withFileLock } from "../../engine/lock.ts";
import { defaultDataDir, projectRoot } from "../../engine/paths.ts";
import { readProject } from "../../engine/settings.ts";
import { localPlatform, openLocalCloud } from "../session/local-cloud.ts";
import { committedConfig, openSession, type StackSession } from "../session/session.ts";
import { numberOf, stackOf } from "../session/stack-names.ts";
import { type PreviewCloud, previewCloud } from "./cloud.ts";
import { originOfCheckout, previewMark } from "./mark.ts";

/** How long a command waits for another one that works on the same preview. */
const BUSY_TIMEOUT_MS = 15 * 60_000;
const BUSY_PAUSE_MS = 1000;

/** What every `pr` command works with. */
export interface PrContext {
  readonly cloud: Cloud;
  readonly dataDir: string;
  /** Name of the Pulumi project. */
  readonly project: string;
  readonly api: PreviewCloud;
  /** Stands in the name of whatever is made: whose it is. */
  readonly mark: string;
  /** The committed configuration of `preview`, which every pull request's preview starts from. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly onProgress: (progress: Progress) => void;
}

/** Finds out where previews live; starts the local cloud where they live there. */
export async function openContext(options: {
  readonly cloud: Cloud;
  readonly onProgress: (progress: Progress) => void;
}): Promise<PrContext> {
  const { cloud, onProgress } = options;
  const dataDir = defaultDataDir();
  const { name: project } = await readProject(projectRoot);
  const local =
    cloud === "local"
      ? await openLocalCloud({ dataDir, onProgress: (text) => onProgress({ kind: "line", text }) })
      : undefined;
  const api = previewCloud(project, local && localPlatform(local, "preview"));
  const mark = previewMark({ cloud, dataDir, origin: originOfCheckout() });
  return { cloud, dataDir, project, api, mark, config: await committedConfig("preview"), onProgress };
}

/** A value of the committed configuration of `preview`. */
export function configText(context: PrContext, key: string): string | undefined {
  const value = context.config[`${context.project}:${key}`];
  return value === undefined || value === null ? undefined : String(value);
}

/** Every stack of the backend. */
export function allStacks({ cloud, dataDir }: PrContext): Promise<FoundStack[]> {
  return listStacks({ cloud, dataDir, settingsDir: join(dataDir, "hosted", "listing") });
}

/** The stacks of pull requests, by number. */
export async function previewStacks(context: PrContext): Promise<Map<number, FoundStack>> {
  return new Map(
    (await allStacks(context)).flatMap((stack) => {
      const number = numberOf(stack.name);
      return number === undefined ? [] : [[number, stack] as const];
    }),
  );
}

/** Runs `work` while no other command on this machine works on the same pull request. */
export function withPreviewLock<T>(context: PrContext, number: number, work: () => Promise<T>): Promise<T> {
  const path = join(context.dataDir, "pr", `pr-${number}.lock`);
  const onWait = () =>
    context.onProgress({ kind: "line", text: `Another command works on pull request ${number}. Waiting ...` });
  return withFileLock({ path, onWait }, work);
}

/** Runs an engine operation, and again while another machine holds the stack or a killed engine is still ending. */
export async function whenFree<T>(context: PrContext, work: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + BUSY_TIMEOUT_MS; ; await sleep(BUSY_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StackBusyError) || Date.now() > deadline) throw error;
      context.onProgress({ kind: "line", text: "The stack is in use. Waiting ..." });
    }
  }
}

/** Opens the stack of a pull request. Default program: none, for what needs no resource declared. */
export function openPreview(context: PrContext, number: number, given?: Opening): Promise<StackSession> {
  const { cloud, dataDir, onProgress } = context;
  const { program = async () => ({}), config } = given ?? {};
  return openSession({ stack: stackOf(number), cloud, dataDir, onProgress, program, config });
}

export interface Opening {
  readonly program: PulumiFn;
  readonly config?: Readonly<Record<string, string>>;
}

/** Removes what a preview that is gone keeps on this machine. */
export async function forgetSettings(context: PrContext, number: number): Promise<void> {
  const { dataDir, cloud } = context;
  await rm(join(dataDir, "hosted", stackOf(number)), { recursive: true, force: true });
  if (cloud === "local") await forgetLocalStack({ dataDir, stack: stackOf(number) });
}

/** Clears away files of previews that a killed command left and no stack needs. */
export async function forgetTraces(context: PrContext): Promise<void> {
  if (context.cloud !== "local") return;
  for (const name of await localStackTraces(context.dataDir)) {
    const number = numberOf(name);
    if (number !== undefined) await withPreviewLock(context, number, () => forgetSettings(context, number));
  }
}
