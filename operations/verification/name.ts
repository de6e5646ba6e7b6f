import { randomBytes } from "node:crypto";

/** The two environments that are made, and with --everything a project for all else; it is renamed on the way. */
const PROJECTS = ["prod", "preview", "other", "renamed"] as const;
type VerifyProject = (typeof PROJECTS)[number];

const NAME = new RegExp(`^tailfire-verify-[0-9a-f]{6}-(${PROJECTS.join("|")})$`);

/** What a run's projects are told from others by. */
export function newRunId(): string {
  return randomBytes(3).toString("hex");
}

/** Name of a project of a run. */
export function projectName(run: string, project: VerifyProject): string {
  return `tailfire-verify-${run}-${project}`;
}

/** Whether a project is one that a verification made; of this run, or of any. */
export function isMadeByVerification(name: string, run?: string): boolean {
  return NAME.test(name) && (run === undefined || name.startsWith(`tailfire-verify-${run}-`));
}
