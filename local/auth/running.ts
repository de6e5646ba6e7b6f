import type { ProjectRecord } from "../state.ts";
import type { AuthProgram } from "./program.ts";

/** The Auth servers of a cloud's projects: one process each, and what listens in front of it. */
export interface AuthServers {
  /** What they run; undefined where the user named none. */
  program: AuthProgram | undefined;
  /** Starts a project's server unless it runs, and waits until it answers. Never rejects: `problemOf` says why it does not run. */
  start(record: ProjectRecord): Promise<void>;
  /** Ends it, if one runs. */
  stop(record: ProjectRecord): Promise<void>;
  /** Asks it how it is. @throws Error saying why it does not answer */
  health(record: ProjectRecord, timeoutMs: number): Promise<{ name: string; version: string; description: string }>;
  /** Why a project's server does not run; empty where it does, or where there is to be none. */
  problemOf(record: ProjectRecord): string;
}
