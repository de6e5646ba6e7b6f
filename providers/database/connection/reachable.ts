import { connect } from "node:net";

/** Where a server listens, and the name to log in with there. */
export interface Address {
  host: string;
  port: number;
  user: string;
}

/** How a database is reached; `none` where neither address answers. */
export type Reachable =
  | { by: "direct" | "session pooler"; address: Address }
  | { by: "none"; code: string; reason: string };

/** Longer than an address that is there needs, shorter than a person wants to wait for one that is not. */
const PROBE_MS = 5_000;

/** Tries the direct address, then the pooler's, and says which answers. Nothing is sent. */
export async function reachableAddress(direct: Address, pooler: Address): Promise<Reachable> {
  const first = await probe(direct);
  if (!first) return { by: "direct", address: direct };
  const second = await probe(pooler);
  if (!second) return { by: "session pooler", address: pooler };
  const say = ({ host, port }: Address, code: string) => `${host}:${port} ${code}`;
  return { by: "none", code: first, reason: `${say(direct, first)}, ${say(pooler, second)}` };
}

/** Undefined where something listens, else why not. */
function probe({ host, port }: Address): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: string | undefined) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_MS, () => end("ETIMEDOUT"));
    socket.once("connect", () => end(undefined));
    socket.once("error", (error) => end("code" in error ? String(error.code) : "ECONNREFUSED"));
  });
}
