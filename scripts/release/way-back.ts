import { organizationOf } from "../organizations.ts";
import type { Session } from "../session.ts";
import type { ReleasePlan } from "./plan.ts";
import { verifyRestorePoint } from "./restore-point.ts";

/** The way back before a destructive release: what the person named, else what the platform has. */
export async function wayBack(options: {
  readonly session: Session;
  readonly plan: ReleasePlan;
  readonly given: string | undefined;
}): Promise<string> {
  const { session, plan, given } = options;
  if (given) return given;
  const { localCloud, stack } = session;
  const endpoint = localCloud?.endpoint ?? process.env.SUPABASE_API_ENDPOINT ?? "https://api.supabase.com";
  const token = localCloud ? organizationOf(localCloud, stack.name).token : (process.env.SUPABASE_ACCESS_TOKEN ?? "");
  return verifyRestorePoint({ endpoint, token, ref: plan.ref ?? "" });
}
