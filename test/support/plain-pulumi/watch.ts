import { type Finished, run } from "../run.ts";
import { startRegistryProxy } from "./proxy.ts";
import { findTracer } from "./traced.ts";

/** Runs commands and knows what they asked for on the network. */
export interface Watch {
  /** Runs a command and waits for its end. */
  run(command: readonly string[], options: { env: Record<string, string>; cwd: string }): Promise<Finished>;
  /** What the commands so far asked for that is neither on loopback nor the package registry. */
  strangers(): string[];
  close(): void;
}

/**
 * Sends the HTTP of commands through a proxy that opens the way to the package registry alone, and follows all their
 * connections, so that one that passes by the proxy is seen, too.
 * @param folder an empty one, for what the tracer writes
 */
export async function watchNetwork(folder: string): Promise<Watch> {
  const proxy = await startRegistryProxy();
  const tracer = findTracer(folder);
  return {
    run(command, { env, cwd }) {
      const [file = "", ...args] = tracer ? tracer.wrap(command) : command;
      return run(file, args, { ...proxy.env, ...env }, cwd);
    },
    strangers: () => [...proxy.refused, ...(tracer?.outside() ?? [])],
    close: () => proxy.close(),
  };
}
