import { RefusedError } from "../../engine/error.ts";
import { requireNamed } from "../../engine/losing/loss.ts";
import type { OperationResult } from "../../engine/result.ts";
import type { StackSession } from "../session/session.ts";
import { howToLose, type ReleasePlan } from "./plan.ts";
import { restorePointFor } from "./restore.ts";

/** What was approved, and the way back. */
export interface Approval {
  /** Digest of the plan that was approved. */
  readonly digest: string | undefined;
  /** Where the backup is; undefined where the platform has or makes one. */
  readonly restorePoint: string | undefined;
  /** Resources, as `Project main`, that may go with what they hold. */
  readonly lose: readonly string[];
  readonly say: (line: string) => void;
}

/** Brings Production up, if the plan is still the approved one; after a restore point, where it takes anything away. */
export async function applyRelease(
  { session, plan }: { readonly session: StackSession; readonly plan: ReleasePlan },
  { digest, restorePoint, lose, say }: Approval,
): Promise<OperationResult> {
  if (plan.digest !== digest) {
    throw new RefusedError({
      attempted: `Releasing to ${plan.stack}`,
      answered: `the plan is now ${plan.digest}, and ${digest} was approved`,
      next: "Nothing was changed. Plan again, and have that approved.",
    });
  }
  const named = { lose, howToLose: howToLose(plan) };
  requireNamed(plan.losses, { attempted: `Releasing to ${plan.stack}`, ...named });
  if (plan.destructive.length > 0)
    say(`Way back: ${await restorePointFor({ session, ref: plan.ref, given: restorePoint })}`);
  return session.stack.up({ refresh: true, ...named });
}
