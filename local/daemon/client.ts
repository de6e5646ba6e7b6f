import { resolve } from "node:path";
import { directFetch } from "../direct.ts";
import { cloudLayout } from "../layout.ts";
import { type DaemonFile, readDaemon } from "./daemon-file.ts";

/** The daemon of a data folder; undefined where none runs. */
export async function findDaemon(dataDir: string): Promise<DaemonFile | undefined> {
  return readDaemon(cloudLayout(resolve(dataDir)).daemon);
}

/** The same. @throws Error that says how to start one, where none runs */
export async function requireDaemon({ dataDir }: { readonly dataDir: string }): Promise<DaemonFile> {
  const daemon = await findDaemon(dataDir);
  if (daemon) return daemon;
  throw new Error(`no local cloud runs for ${resolve(dataDir)}. Start it: npm run local -- start`);
}

/** The daemon does not take what it was asked for, and says why. */
export class NotTakenError extends Error {
  override readonly name = "NotTakenError";
}

/** Asks a daemon for something that is no part of the Management API. @throws Error with its answer where that is a failure */
export async function ask<T>(
  daemon: DaemonFile,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
): Promise<T> {
  const send = await directFetch();
  const response = await send(`${daemon.endpoint}/_local${path}`, {
    method,
    headers: { authorization: `Bearer ${daemon.adminToken}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.status === 400) throw new NotTakenError(((await response.json()) as { message: string }).message);
  if (!response.ok) {
    throw new Error(`the local cloud answered ${method} ${path} with ${response.status}: ${await response.text()}`);
  }
  return (await response.json()) as T;
}
