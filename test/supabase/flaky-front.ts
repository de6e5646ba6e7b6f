import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/**
 * What the front does with one request: an answer of its own, a broken connection, hand it on, or hand it on and lose
 * the answer.
 */
export type Fate = Answer | "reset" | "pass" | { lost: Answer | "reset" };

/** A real HTTP server before the Management API that fails as it is told. */
export interface FlakyFront {
  endpoint: string;
  /** `METHOD /path` of every request, with the time of its arrival in milliseconds. */
  seen: { line: string; at: number }[];
  close(): Promise<void>;
}

/**
 * @param options.fate decides for each request; `nth` counts the requests of the same line from 1
 * @param options.rewrite what becomes of the text of an answer that is handed on
 */
export async function openFlakyFront(options: {
  behind: string;
  rewrite?: (text: string) => string;
  fate: (line: string, nth: number, body: string) => Fate;
}): Promise<FlakyFront> {
  const seen: FlakyFront["seen"] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const line = `${request.method} ${request.url}`;
    seen.push({ line, at: performance.now() });
    const fate = options.fate(line, seen.filter((one) => one.line === line).length, body);
    const instead = typeof fate === "object" && "lost" in fate ? fate.lost : fate;
    const fail = (answer: Answer | "reset") =>
      answer === "reset"
        ? request.socket.destroy()
        : response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
    if (instead === fate && instead !== "pass") return void fail(instead);
    const authorization = request.headers.authorization ?? "";
    const passed = await fetch(`${options.behind}${request.url}`, {
      method: request.method ?? "GET",
      headers: { authorization, "content-type": "application/json" },
      ...(body === "" ? {} : { body }),
    }).catch(() => undefined);
    // What is behind broke the connection, as a project's name may ask for.
    if (!passed) return void fail("reset");
    if (instead !== "pass") return void fail(instead);
    response.writeHead(passed.status, { "x-request-id": passed.headers.get("x-request-id") ?? "" });
    const text = await passed.text();
    response.end(options.rewrite?.(text) ?? text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    seen,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
