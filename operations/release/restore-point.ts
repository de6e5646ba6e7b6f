import { setTimeout as sleep } from "node:timers/promises";
import { RefusedError } from "../../engine/error.ts";
import type { Management } from "../../providers/management/access.ts";
import { ask, bodyOf, describe, type LastAnswer, succeeded } from "../../providers/management/ask.ts";

/** How the Management API of Production is asked. */
export interface RestoreAccess extends Management {
  readonly ref: string;
  /** The command that goes back, but for the restore point's name. */
  readonly command: string;
}

interface Backups {
  readonly pitr_enabled?: boolean;
  readonly backups?: readonly { readonly status: string; readonly inserted_at: string }[];
}

interface RestorePoint {
  readonly name: string;
  readonly status: "AVAILABLE" | "PENDING" | "REMOVED" | "FAILED";
}

const DAY_MS = 86_400_000;
const POINT_TIMEOUT_MS = 10 * 60_000;
const BACK_TIMEOUT_MS = 60 * 60_000;
const PAUSE_MS = 500;
const TRY_MS = 30_000;

/**
 * Makes sure there is a way back before something is taken away: point-in-time recovery, a restore point taken now, or
 * a completed backup of the last 24 hours. @returns the way back, in words. @throws RefusedError where there is none
 */
export async function ensureRestorePoint(access: RestoreAccess, now = new Date()): Promise<string> {
  const answer = await call(access, "GET", "/database/backups");
  if (!succeeded(answer)) throw refuse(access, `GET ${answer.path}: ${describe(answer)}`);
  const found = bodyOf(answer) as Backups;
  if (found.pitr_enabled) {
    return `point-in-time recovery to ${now.toISOString()}: POST /v1/projects/${access.ref}/database/backups/restore-pitr with recovery_time_target_unix ${Math.floor(now.getTime() / 1000)}`;
  }
  const taken = await takeRestorePoint(access, now);
  if (taken.name !== undefined) return `${access.command} ${taken.name}`;
  const fresh = (found.backups ?? [])
    .filter(({ status, inserted_at }) => status === "COMPLETED" && now.getTime() - Date.parse(inserted_at) < DAY_MS)
    .at(-1);
  if (fresh) return `the backup of ${fresh.inserted_at}, in the dashboard under Database, Backups`;
  throw refuse(
    access,
    `there is neither point-in-time recovery nor a completed backup of the last 24 hours, and ${taken.why}`,
  );
}

/** Puts Production's data back to a restore point, and waits until its database is there again. */
export async function restoreTo(access: RestoreAccess, name: string): Promise<void> {
  const answer = await call(access, "POST", "/database/backups/undo", { name });
  if (!succeeded(answer)) {
    throw failure(`Going back to restore point ${name} of project ${access.ref}`, describe(answer));
  }
  let last = "";
  for (const deadline = Date.now() + BACK_TIMEOUT_MS; Date.now() < deadline; await sleep(PAUSE_MS)) {
    const looked = await call(access, "GET", "");
    const { status } = succeeded(looked) ? (bodyOf(looked) as { status: string }) : { status: describe(looked) };
    last = status;
    if (status === "ACTIVE_HEALTHY") return;
    if (succeeded(looked) && /FAILED|REMOVED/.test(status))
      throw failure(`Going back to restore point ${name}`, `the project is ${status}`);
  }
  throw failure(
    `Going back to restore point ${name}`,
    `the project was not healthy again within an hour, and is ${last}`,
  );
}

async function takeRestorePoint(access: RestoreAccess, now: Date): Promise<{ name?: string; why: string }> {
  // At most 20 letters: before-260131-235959.
  const [, day = "", time = ""] = /^20([\d-]+)T([\d:]+)/.exec(now.toISOString()) ?? [];
  const name = `before-${day.replaceAll("-", "")}-${time.replaceAll(":", "")}`;
  const asked = await call(access, "POST", "/database/backups/restore-point", { name });
  if (!succeeded(asked)) return { why: `a restore point cannot be taken (${describe(asked)})` };
  for (const deadline = Date.now() + POINT_TIMEOUT_MS; Date.now() < deadline; await sleep(PAUSE_MS)) {
    const answer = await call(access, "GET", `/database/backups/restore-point?name=${name}`);
    const { status } = succeeded(answer) ? (bodyOf(answer) as RestorePoint) : { status: "PENDING" };
    if (status === "AVAILABLE") return { name, why: "" };
    if (status !== "PENDING") return { why: `restore point ${name} is ${status}` };
  }
  return { why: `restore point ${name} was not available within 10 minutes` };
}

function call(
  access: RestoreAccess,
  method: "GET" | "POST",
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<LastAnswer> {
  return ask(access, { method, path: `/v1/projects/${access.ref}${path}`, body, timeoutMs: TRY_MS });
}

const failure = (attempted: string, answered: string): Error =>
  new Error(`${attempted} failed: ${answered}. Look at the project in the dashboard before anything else.`);

const refuse = ({ ref }: RestoreAccess, answered: string): RefusedError =>
  new RefusedError({
    attempted: `Making sure of a way back for project ${ref}`,
    answered,
    next: "Nothing was changed. Take a backup, then say where it is: --restore-point TEXT.",
  });
