import { setTimeout as sleep } from "node:timers/promises";
import { RefusedError } from "../../engine/error.ts";

/** How the Management API of Production is asked. */
export interface RestoreAccess {
  readonly endpoint: string;
  readonly token: string;
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

/**
 * Makes sure there is a way back before something is taken away: point-in-time recovery, a restore point taken now, or
 * a completed backup of the last 24 hours. @returns the way back, in words. @throws RefusedError where there is none
 */
export async function ensureRestorePoint(access: RestoreAccess, now = new Date()): Promise<string> {
  const answer = await call(access, "GET", "/database/backups");
  if (!answer.ok) throw refuse(access, `GET /v1/projects/${access.ref}/database/backups: HTTP ${answer.status}`);
  const found = (await answer.json()) as Backups;
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
  if (!answer.ok) throw failure(`Going back to restore point ${name} of project ${access.ref}`, await said(answer));
  for (const deadline = Date.now() + BACK_TIMEOUT_MS; Date.now() < deadline; await sleep(PAUSE_MS)) {
    const looked = await call(access, "GET", "");
    const { status } = looked.ok ? ((await looked.json()) as { status: string }) : { status: `HTTP ${looked.status}` };
    if (status === "ACTIVE_HEALTHY") return;
    if (/FAILED|REMOVED/.test(status)) throw failure(`Going back to restore point ${name}`, `the project is ${status}`);
  }
  throw failure(`Going back to restore point ${name}`, "the project was not healthy again within an hour");
}

async function takeRestorePoint(access: RestoreAccess, now: Date): Promise<{ name?: string; why: string }> {
  // At most 20 letters: before-260131-235959.
  const [, day = "", time = ""] = /^20([\d-]+)T([\d:]+)/.exec(now.toISOString()) ?? [];
  const name = `before-${day.replaceAll("-", "")}-${time.replaceAll(":", "")}`;
  const asked = await call(access, "POST", "/database/backups/restore-point", { name });
  if (!asked.ok) return { why: `a restore point cannot be taken (${await said(asked)})` };
  for (const deadline = Date.now() + POINT_TIMEOUT_MS; Date.now() < deadline; await sleep(PAUSE_MS)) {
    const answer = await call(access, "GET", `/database/backups/restore-point?name=${name}`);
    const { status } = answer.ok ? ((await answer.json()) as RestorePoint) : { status: "PENDING" };
    if (status === "AVAILABLE") return { name, why: "" };
    if (status !== "PENDING") return { why: `restore point ${name} is ${status}` };
  }
  return { why: `restore point ${name} was not available within 10 minutes` };
}

function call(access: RestoreAccess, method: "GET" | "POST", path: string, body?: object): Promise<Response> {
  return fetch(`${access.endpoint.replace(/\/+$/, "")}/v1/projects/${access.ref}${path}`, {
    method,
    headers: { authorization: `Bearer ${access.token}`, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(30_000),
  });
}

const said = async (answer: Response): Promise<string> =>
  `HTTP ${answer.status} ${(await answer.text()).slice(0, 300)}`;

const failure = (attempted: string, answered: string): Error =>
  new Error(`${attempted} failed: ${answered}. Look at the project in the dashboard before anything else.`);

const refuse = ({ ref }: RestoreAccess, answered: string): RefusedError =>
  new RefusedError({
    attempted: `Making sure of a way back for project ${ref}`,
    answered,
    next: "Nothing was changed. Take a backup, then say where it is: --restore-point TEXT.",
  });
