import { RefusedError } from "../../engine/error.ts";

/** How the Management API of Production is asked. */
export interface RestoreAccess {
  readonly endpoint: string;
  readonly token: string;
  readonly ref: string;
}

interface Backups {
  readonly pitr_enabled?: boolean;
  readonly walg_enabled?: boolean;
  readonly backups?: readonly { readonly status: string; readonly inserted_at: string }[];
}

const DAY_MS = 86_400_000;

/**
 * Makes sure there is a way back before something is taken away: point-in-time recovery, or a completed backup of the
 * last 24 hours. @returns the way back, in words. @throws RefusedError where there is none
 */
export async function verifyRestorePoint(access: RestoreAccess, now = new Date()): Promise<string> {
  const url = `${access.endpoint.replace(/\/+$/, "")}/v1/projects/${access.ref}/database/backups`;
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${access.token}` },
    signal: AbortSignal.timeout(30_000),
  });
  const refuse = (answered: string) =>
    new RefusedError({
      attempted: `Verifying a restore point of project ${access.ref}`,
      answered,
      next: "Nothing was changed. Take a backup, then name it with --restore-point and the words that say where it is.",
    });
  if (!answer.ok) throw refuse(`GET /v1/projects/${access.ref}/database/backups: HTTP ${answer.status}`);
  const found = (await answer.json()) as Backups;
  if (found.pitr_enabled) {
    return `point-in-time recovery to ${now.toISOString()}: POST /v1/projects/${access.ref}/database/backups/restore-pitr with recovery_time_target_unix ${Math.floor(now.getTime() / 1000)}`;
  }
  const fresh = (found.backups ?? [])
    .filter(({ status, inserted_at }) => status === "COMPLETED" && now.getTime() - Date.parse(inserted_at) < DAY_MS)
    .at(-1);
  if (!fresh) throw refuse("there is neither point-in-time recovery nor a completed backup of the last 24 hours");
  return `the backup of ${fresh.inserted_at}, in the dashboard under Database, Backups`;
}
