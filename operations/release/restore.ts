import { RefusedError } from "../../engine/error.ts";
import type { StackSession } from "../session/session.ts";
import { ensureRestorePoint, type RestoreAccess, restoreTo } from "./restore-point.ts";

/** The way back before a destructive release: what the person named, else what the platform has or makes. */
export async function restorePointFor(options: {
  readonly session: StackSession;
  readonly ref: string | undefined;
  readonly given: string | undefined;
}): Promise<string> {
  const { session, ref, given } = options;
  return given ?? ensureRestorePoint(accessOf(session, ref ?? ""));
}

/** Takes Production back to a restore point. @returns its reference */
export async function restore(session: StackSession, point: string): Promise<string> {
  const ref = (await session.stack.outputs()).ref?.value;
  if (typeof ref !== "string") {
    throw new RefusedError({
      attempted: `Going back to restore point ${point}`,
      answered: `stack ${session.stack.name} has no project`,
      next: "Name the stack with --stack.",
    });
  }
  await restoreTo(accessOf(session, ref), point);
  return ref;
}

function accessOf({ localCloud, platform, stack }: StackSession, ref: string): RestoreAccess {
  if (!platform) {
    throw new RefusedError({
      attempted: `Finding the way back for stack ${stack.name}`,
      answered: "SUPABASE_ACCESS_TOKEN is not set",
      next: "Set it to a token of a member of the organization.",
    });
  }
  const cloud = localCloud ? "" : " --cloud hosted";
  return { ...platform, ref, command: `npm run release -- back --yes --stack ${stack.name}${cloud}` };
}
