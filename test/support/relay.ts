import { createServer, connect as open, type Socket } from "node:net";

/** A TCP relay that can delay what it passes on, and cut it. */
export type Relay = {
  port: number;
  /** How often a client spoke after the server had: its round trips. */
  turns(): number;
  /** Bytes the server has sent. */
  received(): number;
  /** Destroys every connection, as a network that goes away does. */
  cut(): void;
  /** From now on nothing passes, old connections and new ones included, while all of them stay open. */
  silence(silent: boolean): void;
  stop(): Promise<void>;
};

/** Starts a relay to `port` of `host` (default 127.0.0.1). `delayMs` is added to each direction. */
export async function startRelay(options: { port: number; host?: string; delayMs?: number }): Promise<Relay> {
  const sockets = new Set<Socket>();
  const state = { silent: false };
  let turns = 0;
  let received = 0;
  let clientSpoke = false;
  const server = createServer((client) => {
    const upstream = open(options.port, options.host ?? "127.0.0.1");
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.setNoDelay(true);
      sockets.add(from);
      from.on("data", (chunk: Buffer) => {
        if (from === upstream) received += chunk.length;
        if (from === client && !clientSpoke) turns++;
        clientSpoke = from === client;
      });
      relay(from, to, options.delayMs ?? 0, state);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The relay has no port");
  return {
    port: address.port,
    turns: () => turns,
    received: () => received,
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    silence(silent) {
      state.silent = silent;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function relay(from: Socket, to: Socket, delayMs: number, state: { silent: boolean }): void {
  from.on("data", (chunk) => {
    if (state.silent) return;
    if (delayMs === 0) to.write(chunk);
    else setTimeout(() => to.writable && to.write(chunk), delayMs);
  });
  from.on("end", () => setTimeout(() => to.end(), delayMs));
}
