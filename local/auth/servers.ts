import { spawn } from "node:child_process";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CloudContext } from "../context.ts";
import { identify, isAlive, type ProcessIdentity } from "../daemon/process.ts";
import { type ProjectLayout, projectLayout } from "../layout.ts";
import { openToAuth } from "../postgres/passwords.ts";
import { randomPassword } from "../postgres/scram.ts";
import type { ProjectRecord } from "../state.ts";
import { authEnvironment } from "./environment.ts";
import { type Gateway, openGateway } from "./gateway.ts";
import { type AuthProgram, NO_AUTH } from "./program.ts";
import type { AuthServers } from "./running.ts";
import { processFile, stopAuthServer } from "./stop.ts";

/** Its migrations take half a second on a new project. */
const READY_MS = 20_000;
/** Pause after a server that ended before it answered, so that one that cannot run is not tried every second. */
const RETRY_MS = 15_000;
const LOG_TAIL_BYTES = 4_096;

interface Running {
  readonly identity: ProcessIdentity | undefined;
  readonly gateway: Gateway | undefined;
  problem: string;
  /** Whether it ever answered. */
  answered: boolean;
  endedAt: number;
}

/** Where a project is reached over HTTP: `http://127.42.7.10:54321`. */
export const apiUrlOf = ({ address }: ProjectRecord): string => `http://${address.host}:${address.apiPort}`;

/** One per daemon. @param context without itself */
export function createAuthServers(context: Omit<CloudContext, "auth">): AuthServers {
  const running = new Map<string, Running>();
  const servers: AuthServers = {
    program: undefined,
    start: async (record) => {
      const found = running.get(record.ref);
      if (!servers.program || (found?.identity && isAlive(found.identity))) return;
      if (found && !found.answered && Date.now() - found.endedAt < RETRY_MS) return;
      if (found) context.log(`${record.ref}: its Auth server ended; starting it again`);
      await servers.stop(record);
      running.set(record.ref, await startServer(context, record, servers.program));
    },
    stop: async (record) => {
      await running.get(record.ref)?.gateway?.close();
      running.delete(record.ref);
      await stopAuthServer(projectLayout(context.layout, record.ref));
    },
    health: async (record, timeoutMs) => {
      if (!servers.program) throw new Error(NO_AUTH);
      const problem = servers.problemOf(record);
      if (problem) throw new Error(problem);
      return (await askHealth(record, timeoutMs)) as { name: string; version: string; description: string };
    },
    problemOf: (record) => {
      const found = running.get(record.ref);
      if (!found) return "";
      return found.identity && isAlive(found.identity) ? "" : found.problem;
    },
  };
  return servers;
}

async function startServer(
  context: Omit<CloudContext, "auth">,
  record: ProjectRecord,
  program: AuthProgram,
): Promise<Running> {
  const files = projectLayout(context.layout, record.ref);
  const state: Running = { identity: undefined, gateway: undefined, problem: "", answered: false, endedAt: 0 };
  try {
    await openDatabase(context, record);
    await mkdir(files.auth, { recursive: true, mode: 0o700 });
    const ended = (problem: string) => Object.assign(state, { problem, endedAt: Date.now() });
    Object.assign(state, { gateway: await openGateway({ record, problem: () => state.problem }) });
    const identity = await spawnServer({ record, program, files, ended });
    Object.assign(state, { identity });
    await untilReady(record, identity);
    state.answered = true;
    context.log(`${record.ref}: Auth ${program.version} answers at ${apiUrlOf(record)}/auth/v1`);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    Object.assign(state, {
      problem: state.problem || `its Auth server did not start: ${problem}`,
      endedAt: Date.now(),
    });
    context.log(`${record.ref}: ${state.problem}`);
  }
  return state;
}

/** A password of its own for supabase_auth_admin, who has none in a new project. */
async function openDatabase(context: Omit<CloudContext, "auth">, record: ProjectRecord): Promise<void> {
  if (!record.internal.auth) {
    record.internal.auth = randomPassword();
    await context.state.save();
  }
  await openToAuth(record, record.internal.auth);
}

async function spawnServer(options: {
  record: ProjectRecord;
  program: AuthProgram;
  files: ProjectLayout;
  ended: (problem: string) => void;
}): Promise<ProcessIdentity> {
  const { record, program, files, ended } = options;
  const file = join(files.auth, "auth.log");
  const log = await open(file, "a", 0o600);
  const password = record.internal.auth ?? "";
  const child = spawn(program.file, [], {
    // Auth reads a file .env of its folder, which must not be one of the user's.
    cwd: files.auth,
    env: authEnvironment(record, { password, url: `${apiUrlOf(record)}/auth/v1` }),
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  const started = new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  child.on("exit", (code, signal) => {
    void lastLine(file).then((line) =>
      ended(`its Auth server ended (${signal ?? `exit code ${code}`}): ${line} (log: ${file})`),
    );
  });
  child.unref();
  await started.finally(() => log.close());
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error(`it ended at once (log: ${file})`);
  await writeFile(processFile(files), JSON.stringify(identity), { mode: 0o600 });
  return identity;
}

async function untilReady(record: ProjectRecord, identity: ProcessIdentity): Promise<void> {
  let last = "";
  for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(25)) {
    if (!isAlive(identity)) throw new Error("it ended");
    const answer = await askHealth(record, 1_000).catch((error: Error) => {
      last = error.message;
      return undefined;
    });
    if (answer) return;
  }
  throw new Error(`no answer of its health within ${READY_MS / 1000} s: ${last}`);
}

/** Not by fetch, which might go through a proxy. */
async function askHealth(record: ProjectRecord, timeoutMs: number): Promise<unknown> {
  const { host, authPort: port } = record.address;
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path: "/health", timeout: Math.max(timeoutMs, 1) }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => {
        text += part;
      });
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`its Auth server answered /health with ${answer.statusCode}`));
      });
    });
    asked.once("timeout", () => asked.destroy(new Error("time-out")));
    asked.once("error", reject);
    asked.end();
  });
}

/** What a server said last; its log is JSON, a line each. */
async function lastLine(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.slice(-LOG_TAIL_BYTES).trim().split("\n");
  const told = lines.findLast((line) => /"level":"(fatal|error)"/.test(line)) ?? lines.at(-1) ?? "";
  const shown = /"msg":"((?:[^"\\]|\\.)*)"/.exec(told)?.[1] ?? told;
  return shown.slice(0, 300);
}
