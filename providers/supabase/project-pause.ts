import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../host/context.ts";
import type { ProjectBody, ProjectStatus } from "./contract.ts";
import type { ManagementApi } from "./management-api.ts";

/** What has to be waited for before a pause or a restore can be asked for, or has happened. */
const MOVING: readonly ProjectStatus[] = ["COMING_UP", "PAUSING", "RESTORING", "RESTARTING"];
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 4_000;

interface Move {
  api: ManagementApi;
  context: Context;
  ref: string;
  timeoutMs: number;
}

/** Pauses a project, and waits until it is. One that is paused already is left alone. */
export async function pauseProject(move: Move): Promise<ProjectBody> {
  const live = await settled(move, "ACTIVE_HEALTHY");
  if (live.status === "INACTIVE") return live;
  await move.api.pauseProject(move.ref);
  const paused = await settled(move, "INACTIVE");
  if (paused.status === "INACTIVE") return paused;
  throw new Error(
    `project ${move.ref} was asked to pause, and is ${paused.status}: run up again, or look in the dashboard`,
  );
}

/** Asks for a paused project to be restored; the caller waits until it answers. Any other one is left alone. */
export async function restoreProject(move: Move): Promise<void> {
  const live = await settled(move, "INACTIVE");
  if (live.status !== "INACTIVE") return;
  await move.api.restoreProject(move.ref);
  // For a moment it may still be said to be paused, which would count as a reason to give up.
  for (const end = Date.now() + move.timeoutMs; Date.now() < end; ) {
    if ((await look(move)).status !== "INACTIVE") return;
    await sleep(LONGEST_PAUSE_MS / 4, undefined, { signal: move.context.signal });
  }
}

/** Waits while the project is on its way somewhere. */
async function settled(move: Move, wanted: ProjectStatus): Promise<ProjectBody> {
  const began = Date.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const live = await look(move);
    if (live.status === wanted || !MOVING.includes(live.status)) return live;
    if (Date.now() - began > move.timeoutMs) {
      const seconds = move.timeoutMs / 1000;
      throw new Error(`project ${move.ref} is still ${live.status} after ${seconds} s; run up again to go on`);
    }
    move.context.progress(`project ${move.ref}: status ${live.status}`);
    await sleep(pause, undefined, { signal: move.context.signal });
  }
}

async function look({ api, ref }: Move): Promise<ProjectBody> {
  const live = await api.getProject(ref);
  if (live) return live;
  throw new Error(`project ${ref} is gone: it was deleted since. Run refresh, then up.`);
}
