import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Deployment, localBackend } from "../../engine/backend.ts";
import type { Cloud } from "../../engine/guard.ts";
import { isEngineAlive, isProcessAlive } from "../../engine/process.ts";
import type { DatabaseLogin } from "../session/login.ts";
import { numberOf } from "../session/stack-names.ts";
import { migrationUnderWay } from "./core/busy.ts";

/** How it is found out whether somebody works on a stack. */
export interface BusyQuestion {
  readonly stack: string;
  readonly project: string;
  readonly cloud: Cloud;
  readonly dataDir: string;
  readState(): Promise<Deployment | undefined>;
  target(): Promise<DatabaseLogin>;
}

/**
 * Asks who works on a stack: the engine's lock, the lock of `npm run pr`, operations its state has begun and not ended,
 * and the lock of the migration runner. Asked a second time, also whether its state was written in between.
 */
export function busyQuestion(question: BusyQuestion): () => Promise<string | undefined> {
  let written: string | undefined;
  return async () => {
    const holder = (await lockHolder(question)) ?? (await previewHolder(question));
    if (holder) return holder;
    const state = await question.readState();
    const pending = question.cloud === "hosted" ? (state?.pending_operations?.length ?? 0) : 0;
    if (pending > 0)
      return `${pending} operations have begun and not ended: an up is under way, or was cut off and has to be run again`;
    const before = written;
    written = writtenAt(state);
    if (before !== undefined && before !== written) return "it was deployed while it was looked at";
    // A database that does not answer is what the layers report.
    return question
      .target()
      .then(migrationUnderWay)
      .catch(() => undefined);
  };
}

function writtenAt(state: Deployment | undefined): string {
  const manifest = state?.manifest;
  return typeof manifest === "object" && manifest !== null && "time" in manifest ? String(manifest.time) : "never";
}

/** The engine's lock files name the process that works on the stack. State elsewhere than in files has none to read. */
async function lockHolder({ stack, project, cloud, dataDir }: BusyQuestion): Promise<string | undefined> {
  const folder = cloud === "local" ? localBackend(dataDir, project, stack).lockDir : hostedLocks(project, stack);
  for (const name of folder ? await readdir(folder).catch(() => []) : []) {
    const text = await readFile(join(folder ?? "", name), "utf8").catch(() => "");
    const lock = /"pid":\s*(\d+)/.exec(text)?.[1];
    const host = /"hostname":\s*"([^"]*)"/.exec(text)?.[1];
    if (lock && (host !== hostname() || isEngineAlive(Number(lock))))
      return `an operation is under way (process ${lock}${host && host !== hostname() ? ` on ${host}` : ""})`;
  }
  return undefined;
}

function hostedLocks(project: string, stack: string): string | undefined {
  const url = process.env.PULUMI_BACKEND_URL;
  if (!url?.startsWith("file://")) return undefined;
  return join(fileURLToPath(url), ".pulumi", "locks", "organization", project, stack);
}

async function previewHolder({ stack, dataDir }: BusyQuestion): Promise<string | undefined> {
  const number = numberOf(stack);
  if (number === undefined) return undefined;
  const text = await readFile(join(dataDir, "pr", `pr-${number}.lock`), "utf8").catch(() => "");
  const [, pid, host] = /"pid":(\d+),"host":"([^"]*)"/.exec(text) ?? [];
  const alive = pid !== undefined && host === hostname() && isProcessAlive(Number(pid));
  return alive ? `npm run pr works on it (process ${pid})` : undefined;
}
