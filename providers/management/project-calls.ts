import type { Management } from "./access.ts";
import { ask, failureOf, type LastAnswer } from "./ask.ts";

/** A project, and the API that knows it. */
export interface ManagedProject {
  projectRef: string;
  management: Management;
}

const TRY_MS = 30_000;
const TRIES = 4;
const PAUSE_MS = 500;

/**
 * Calls the API below a project; what passes by itself is tried again. Returns any status.
 * @throws ApiError where no answer is had
 */
export async function askProject(
  { projectRef, management }: ManagedProject,
  call: {
    method: "GET" | "POST";
    path: string;
    body?: Readonly<Record<string, unknown>>;
    tries?: number;
    timeoutMs?: number;
  },
): Promise<LastAnswer> {
  const { tries = TRIES, timeoutMs = TRY_MS, path, ...rest } = call;
  const request = { ...rest, path: `/v1/projects/${encodeURIComponent(projectRef)}${path}`, timeoutMs };
  const answer = await ask(management, request, {
    tries,
    after: (status) => status === 429 || status >= 500,
    pauseMs: () => PAUSE_MS,
  });
  if (answer.status === 0) throw failureOf(answer);
  return answer;
}
