/** What can be asked to stop: once in order, twice at once. */
export interface Interruptible {
  interrupt(): void;
}

/**
 * From now on, Ctrl-C and termination signals stop the operations on a stack rather than this process: the first lets
 * the engine finish what is under way, the second stops it at once.
 * @returns whether anybody interrupted so far.
 */
export function cancelInOrder(stack: Interruptible): () => boolean {
  let last = 0;
  let interrupted = false;
  const interrupt = () => {
    // A terminal and the parent process may both deliver one and the same Ctrl-C.
    if (Date.now() - last < 500) return;
    last = Date.now();
    const words = interrupted
      ? "Stopping at once."
      : "Finishing what is under way, then stopping. Press Ctrl-C again to stop at once.";
    interrupted = true;
    process.stderr.write(`${words}\n`);
    stack.interrupt();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  return () => interrupted;
}
