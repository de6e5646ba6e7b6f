import { InterruptedError, StackBusyError } from "../../engine/error.ts";

/** What could not be looked at or removed while the rest was: an error in words each, with what to do next. */
export type Problems = string[];

/**
 * Does one part of a job and goes on without it where it fails.
 * @returns what it gave; undefined where it failed, which is added to `problems`
 * @throws StackBusyError: another command works on the same, and nothing of it is to be touched; InterruptedError
 */
export async function goingOn<T>(problems: Problems, about: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StackBusyError || error instanceof InterruptedError) throw error;
    problems.push(`${about}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
