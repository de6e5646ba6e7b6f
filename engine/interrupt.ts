import type { ChildProcess } from "node:child_process";
import { InterruptedError } from "./error.ts";

/** Every engine command this process runs now: a signal is meant for all of them. */
const running = new Set<ChildProcess>();
let stopping = false;

/** Whether this process was asked to stop. */
export const isStopping = (): boolean => stopping;

/** Has the command told of an interruption until it ends. */
export function follow(child: ChildProcess): void {
  running.add(child);
  for (const end of ["close", "error"]) child.on(end, () => running.delete(child));
}

/**
 * Asks every engine command of this process to end in order; the engine takes a second request as "stop at once".
 * @returns whether there was one to ask
 */
export function interruptEngines(): boolean {
  for (const child of running) child.kill("SIGINT");
  return running.size > 0;
}

/** The same, and no operation on a stack begins after it: a command that works on several ends with the one it is at. */
export function stopEngines(): boolean {
  stopping = true;
  return interruptEngines();
}

/** @throws InterruptedError where this process was asked to stop */
export function requireGoingOn(attempted: string): void {
  if (stopping)
    throw new InterruptedError({ attempted, answered: "interrupted, nothing of it was begun", next: AGAIN });
}

/** What an operation that was cut off needs. */
export const AGAIN = "Run the command again: it continues from the state that was reached.";
