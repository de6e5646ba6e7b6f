import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What has passed a relay so far. */
interface Passed {
  /** Round trips. */
  turns: number;
  /** Bytes the server sent. */
  received: number;
}

/** A relay in a process of its own, so that what is measured and what delays it do not share one event loop. */
export interface RelayProcess {
  port: number;
  passed(): Promise<Passed>;
  stop(): void;
}

/** Starts a relay to `port` of `host` (default 127.0.0.1) that adds `delayMs` to each direction. */
export async function startRelayProcess(options: {
  host?: string;
  port: number;
  delayMs: number;
}): Promise<RelayProcess> {
  const { host = "127.0.0.1", port, delayMs } = options;
  const script = join(import.meta.dirname, "relay.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, String(port), String(delayMs), host], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(() => Promise.reject(new Error("The relay ended")));
  ended.catch(() => undefined);
  const message = async <Message>(): Promise<Message> => {
    const [answer] = await Promise.race([once(child, "message"), ended]);
    return answer;
  };
  const { port: listening } = await message<{ port: number }>();
  return {
    port: listening,
    passed() {
      const answer = message<Passed>();
      child.send("passed");
      return answer;
    },
    stop: () => void child.kill(),
  };
}
