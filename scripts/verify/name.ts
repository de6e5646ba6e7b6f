import { randomBytes } from "node:crypto";

/** The two environments that are made. */
export const STACKS = ["prod", "preview"] as const;
export type VerifyStack = (typeof STACKS)[number];

const NAME = /^tailfire-verify-[0-9a-f]{6}-(prod|preview)$/;

/** What a run's projects are told from others by. */
export function newRunId(): string {
  return randomBytes(3).toString("hex");
}

/** Name of a project of a run. */
export function projectName(run: string, stack: VerifyStack): string {
  return `tailfire-verify-${run}-${stack}`;
}

/** Whether a project is one that a verification made; of this run, or of any. */
export function isMadeByVerification(name: string, run?: string): boolean {
  return NAME.test(name) && (run === undefined || name.startsWith(`tailfire-verify-${run}-`));
}
