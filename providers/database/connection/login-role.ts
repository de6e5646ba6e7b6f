import { z } from "zod";
import { bodyOf, describe, succeeded } from "../../management/ask.ts";
import { askProject, type ManagedProject } from "../../management/project-calls.ts";
import { DatabaseError } from "./error.ts";

/** A login that the platform made for a while. */
export interface ShortLivedLogin {
  user: string;
  password: string;
  /** Milliseconds since 1970 from which on it is refused. */
  until: number;
}

const body = z.object({ role: z.string().min(1), password: z.string().min(1), ttl_seconds: z.number().positive() });

/** Asks the platform for a login that may act as `postgres`. Sessions outlive it, log-ins do not. */
export async function createLogin(project: ManagedProject): Promise<ShortLivedLogin> {
  const asked = Date.now();
  const call = { method: "POST", path: "/cli/login-role", body: { read_only: false } } as const;
  const answer = await askProject(project, call).catch((error: Error) => {
    throw new DatabaseError(`Getting a short-lived login for project ${project.projectRef} failed: ${error.message}`, {
      code: "HTTP_0",
    });
  });
  const made = succeeded(answer) ? body.safeParse(bodyOf(answer)) : undefined;
  if (made?.success) {
    const { role, password, ttl_seconds } = made.data;
    return { user: role, password, until: asked + ttl_seconds * 1000 };
  }
  // The body of a success is not repeated: it holds a password.
  const said = made ? `HTTP ${answer.status} a body without role, password and ttl_seconds` : describe(answer);
  throw new DatabaseError(
    `Getting a short-lived login for project ${project.projectRef} failed with ${said}\n` +
      "  Next: check that the project is active and that the token may write its database, or set credentials to password.",
    { code: `HTTP_${answer.status}` },
  );
}
