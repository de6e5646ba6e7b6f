import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** A page in a headless browser. */
export interface Page {
  /** Loads an address as a screen of this width and colour scheme shows it, and waits until it is loaded. */
  open(options: { url: string; width: number; scheme: "light" | "dark" }): Promise<void>;
  /** The value of an expression inside the page. */
  evaluate(expression: string): Promise<unknown>;
  /** The whole page as a PNG. */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The first of Chromium's names on PATH; undefined where there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const candidates = (env.PATH ?? "").split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts a browser of its own, spoken to over two pipes (DevTools protocol). */
export async function openPage(program: string): Promise<Page> {
  const folder = await mkdtemp(join(tmpdir(), "browser-"));
  // Inside containers and as root Chromium's own sandbox does not start.
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", `--user-data-dir=${folder}`];
  const child = spawn(program, [...flags, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ask = connection(child);
  const { targetId } = await ask("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
  const send = (method: string, params: object = {}) => ask(method, params, String(sessionId));
  const evaluate = async (expression: string) => {
    const { result } = await send("Runtime.evaluate", { expression, returnByValue: true });
    return (result as { value: unknown }).value;
  };
  return {
    open: async ({ url, width, scheme }) => {
      await send("Emulation.setDeviceMetricsOverride", {
        width,
        height: 900,
        deviceScaleFactor: 1,
        mobile: width < 600,
      });
      await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
      await send("Page.navigate", { url });
      const done = `location.href === ${JSON.stringify(url)} && document.readyState === "complete"`;
      for (let tries = 0; tries < 200 && (await evaluate(done)) !== true; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    evaluate,
    screenshot: async () => {
      const { data } = await send("Page.captureScreenshot", { captureBeyondViewport: true });
      return Buffer.from(String(data), "base64");
    },
    close: async () => {
      await ask("Browser.close", {}).catch(() => undefined);
      await ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Ask = (method: string, params: object, sessionId?: string) => Promise<Record<string, unknown>>;

/** Messages are JSON, each ended by a zero byte: ours on descriptor 3, the browser's on 4. */
function connection(child: ChildProcess): Ask {
  // The two descriptors were opened as pipes above.
  const [input, output] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, { resolve(value: Record<string, unknown>): void; reject(error: Error): void }>();
  let last = 0;
  let text = "";
  output.setEncoding("utf8").on("data", (chunk: string) => {
    const messages = (text + chunk).split("\0");
    text = messages.pop() ?? "";
    for (const message of messages) {
      const { id, result, error } = JSON.parse(message);
      if (error) waiting.get(id)?.reject(new Error(error.message));
      else waiting.get(id)?.resolve(result);
      waiting.delete(id);
    }
  });
  const fail = (reason: string) => {
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };
  child.once("close", () => fail("the browser ended"));
  child.once("error", (error) => fail(error.message));
  return (method, params, sessionId) =>
    new Promise((resolve, reject) => {
      last++;
      waiting.set(last, { resolve, reject });
      input.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
}
