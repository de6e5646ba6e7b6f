import { RefusedError } from "../../engine/error.ts";
import { organizationOf } from "../organizations.ts";
import type { Session } from "../session.ts";
import { ensureWayBack, goBack, type RestoreAccess } from "./restore-point.ts";

/** The way back before a destructive release: what the person named, else what the platform has or makes. */
export async function wayBack(options: {
  readonly session: Session;
  readonly ref: string | undefined;
  readonly given: string | undefined;
}): Promise<string> {
  const { session, ref, given } = options;
  return given ?? ensureWayBack(accessOf(session, ref ?? ""));
}

/** Takes Production back to a restore point. @returns its reference */
export async function takeBack(session: Session, point: string): Promise<string> {
  const ref = (await session.stack.outputs()).ref?.value;
  if (typeof ref !== "string") {
    throw new RefusedError({
      attempted: `Going back to restore point ${point}`,
      answered: `stack ${session.stack.name} has no project`,
      next: "Name the stack with --stack.",
    });
  }
  await goBack(accessOf(session, ref), point);
  return ref;
}

function accessOf({ localCloud, stack }: Session, ref: string): RestoreAccess {
  const endpoint = localCloud?.endpoint ?? process.env.SUPABASE_API_ENDPOINT ?? "https://api.supabase.com";
  const token = localCloud ? organizationOf(localCloud, stack.name).token : (process.env.SUPABASE_ACCESS_TOKEN ?? "");
  const cloud = localCloud ? "" : " --cloud hosted";
  return { endpoint, token, ref, command: `npm run release -- back --yes --stack ${stack.name}${cloud}` };
}
