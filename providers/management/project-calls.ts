import { setTimeout as sleep } from "node:timers/promises";

/** How the Management API is called. */
export interface Management {
  endpoint: string;
  token: string;
}

/** A project, and the API that knows it. */
export interface ManagedProject {
  projectRef: string;
  management: Management;
}

const TRY_MS = 30_000;
const TRIES = 4;
const PAUSE_MS = 500;

/** What the API answered. */
export interface Answer {
  status: number;
  text: string;
}

/** Calls the API below a project; what passes by itself is tried again. Throws where no answer is had. */
export async function askProject(
  { projectRef, management }: ManagedProject,
  call: { method: "GET" | "POST"; path: string; body?: unknown; tries?: number },
): Promise<Answer> {
  const url = new URL(`/v1/projects/${encodeURIComponent(projectRef)}${call.path}`, management.endpoint);
  for (let left = call.tries ?? TRIES; ; left--) {
    const response = await fetch(url, {
      method: call.method,
      headers: { authorization: `Bearer ${management.token}`, "content-type": "application/json" },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      // A redirect to another host would be sent the token.
      redirect: "error",
      signal: AbortSignal.timeout(TRY_MS),
    });
    const { status } = response;
    const text = await response.text();
    if ((status !== 429 && status < 500) || left <= 1) return { status, text };
    const wait = Number(response.headers.get("retry-after"));
    await sleep(wait > 0 ? wait * 1000 : PAUSE_MS);
  }
}

/** The API's own words about a failure, for an error. */
export function messageOf({ text }: Answer): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && "message" in body) return String(body.message);
  } catch {
    // Not JSON: a proxy answered.
  }
  return text.slice(0, 300);
}
