import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../host/context.ts";
import { directConnection, poolerConnections } from "./connections.ts";
import { type PoolerBody, type ProjectBody, TERMINAL } from "./contract.ts";
import { type LoginAnswer, provePassword } from "./login.ts";
import type { ManagementApi } from "./management-api.ts";

/** A project that is up, and whose database accepted the password. */
export interface Ready {
  project: ProjectBody;
  poolers: PoolerBody[];
}

/** A project did not become ready. `last` is what was seen last, for the record. */
export class NotReady extends Error {
  readonly reason: "time-out" | "terminal" | "password refused" | "gone";
  readonly last: ProjectBody | undefined;

  constructor(details: { reason: NotReady["reason"]; message: string; last: ProjectBody | undefined }) {
    super(details.message);
    this.name = "NotReady";
    this.reason = details.reason;
    this.last = details.last;
  }
}

export interface Wait {
  api: ManagementApi;
  context: Context;
  ref: string;
  password: string;
  timeoutMs: number;
  /**
   * Refusals of the password after which to give up; without it, up to the time-out. A project that is not known to
   * be ours gets few: the platform bans addresses that try wrong passwords often.
   */
  refusals?: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 4_000;
/** A wrong password is not tried faster than this grows: repeated failures get an address banned. */
const FIRST_REFUSED_PAUSE_MS = 1_000;
const LONGEST_REFUSED_PAUSE_MS = 60_000;

/**
 * Waits until the project is ACTIVE_HEALTHY, its poolers have addresses and its database accepts a fresh log-in: the
 * status alone runs ahead of the database.
 * @throws NotReady
 */
export function waitUntilReady(wait: Wait): Promise<Ready> {
  return poll(wait, lookAtDatabase);
}

/**
 * The same without a log-in, for a password that is yet to be set.
 * @throws NotReady
 */
export function waitUntilActive(wait: Wait): Promise<Ready> {
  return poll(wait, lookAtProject);
}

async function poll(wait: Wait, lookAt: (wait: Wait) => Promise<Look>): Promise<Ready> {
  const began = Date.now();
  let last: ProjectBody | undefined;
  let seen = "";
  let refusals = 0;
  for (let round = 0; ; round++) {
    const look = await lookAt(wait);
    last = look.project;
    if (look.ready) return look.ready;
    seen = look.seen;
    if (look.refused) refusals++;
    if (wait.refusals !== undefined && refusals >= wait.refusals) {
      throw new NotReady({ reason: "password refused", message: seen, last });
    }
    const pause = look.refused
      ? Math.min(FIRST_REFUSED_PAUSE_MS * 2 ** (refusals - 1), LONGEST_REFUSED_PAUSE_MS)
      : Math.min(FIRST_PAUSE_MS * 1.3 ** round, LONGEST_PAUSE_MS);
    const elapsed = Date.now() - began;
    if (elapsed + pause > wait.timeoutMs) throw timedOut(wait, seen, last);
    wait.context.progress(`project ${wait.ref}: ${seen} (${Math.round(elapsed / 1000)} s)`);
    await sleep(pause, undefined, { signal: wait.context.signal });
  }
}

interface Look {
  project: ProjectBody;
  /** What is still being waited for, in words. */
  seen: string;
  refused?: boolean;
  ready?: Ready;
}

async function lookAtProject(wait: Wait): Promise<Look> {
  const project = await wait.api.getProject(wait.ref);
  if (!project) {
    const message = `project ${wait.ref} is gone: it was deleted while it was waited for. Run refresh, then up.`;
    throw new NotReady({ reason: "gone", message, last: undefined });
  }
  const cure = TERMINAL[project.status];
  if (cure) {
    const message = `project ${project.ref} ("${project.name}") is ${project.status}: ${cure}.`;
    throw new NotReady({ reason: "terminal", message, last: project });
  }
  if (project.status !== "ACTIVE_HEALTHY") return { project, seen: `status ${project.status}` };
  const poolers = await wait.api.getPoolers(wait.ref);
  if (!poolerConnections(poolers)) return { project, seen: "its poolers have no address yet" };
  return { project, seen: "active", ready: { project, poolers } };
}

async function lookAtDatabase(wait: Wait): Promise<Look> {
  const { ready, ...look } = await lookAtProject(wait);
  if (!ready) return look;
  const session = poolerConnections(ready.poolers)?.session;
  const connections = [directConnection(ready.project), ...(session ? [session] : [])];
  const login = await provePassword(connections, wait.password);
  if (login.answer === "accepted") return { ...look, ready };
  return { ...look, seen: inWords(login), refused: login.answer === "refused" };
}

function inWords(login: Exclude<LoginAnswer, { answer: "accepted" }>): string {
  return login.answer === "refused"
    ? `its database refuses the password (${login.reason})`
    : `its database does not answer yet (${login.reason})`;
}

function timedOut(wait: Wait, seen: string, last: ProjectBody | undefined): NotReady {
  const message =
    `project ${wait.ref} was not ready within ${wait.timeoutMs / 1000} s: ${seen}. It is recorded; run up again to go on ` +
    "waiting (customTimeouts or timeouts raise the limit).";
  return new NotReady({ reason: "time-out", message, last });
}
