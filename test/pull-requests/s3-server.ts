import { execFile, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { defaultCacheDir } from "../../engine/paths.ts";

const VERSION = "v1.8.0";
const MODULE = `github.com/versity/versitygw/cmd/versitygw@${VERSION}`;
const BUILD_LIMIT_MS = 4 * 60_000;
const READY_LIMIT_MS = 20_000;

/** A running S3 server over a folder of this machine, with one bucket. It checks signatures. */
export interface S3Server {
  /** For PULUMI_BACKEND_URL. */
  readonly url: string;
  /** The credentials, as the engine reads them. */
  readonly env: Readonly<Record<string, string>>;
  stop(): void;
}

/** Starts versitygw: from PATH, from the cache, or built once by Go. @returns why there is none, where there is none */
export async function startS3(folder: string): Promise<S3Server | string> {
  const binary = await findServer();
  if (typeof binary !== "string") return binary.missing;
  const port = await freePort();
  const env = { AWS_ACCESS_KEY_ID: "previews", AWS_SECRET_ACCESS_KEY: randomBytes(16).toString("hex") };
  mkdirSync(join(folder, "state"), { recursive: true });
  const child = spawn(binary, ["--port", `127.0.0.1:${port}`, "posix", folder], {
    env: { ...process.env, ROOT_ACCESS_KEY: env.AWS_ACCESS_KEY_ID, ROOT_SECRET_KEY: env.AWS_SECRET_ACCESS_KEY },
    stdio: "ignore",
  });
  const endpoint = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + READY_LIMIT_MS; ; await sleep(100)) {
    if (await fetch(endpoint).catch(() => undefined)) break;
    if (Date.now() > deadline) {
      child.kill();
      return "versitygw did not answer within 20 s";
    }
  }
  const url = `s3://state?region=us-east-1&endpoint=127.0.0.1:${port}&s3ForcePathStyle=true&disableSSL=true`;
  return { url, env, stop: () => void child.kill() };
}

async function findServer(): Promise<string | { missing: string }> {
  if (spawnSync("versitygw", ["--version"]).status === 0) return "versitygw";
  const folder = join(defaultCacheDir(), "tools", `versitygw-${VERSION}`);
  const binary = join(folder, "versitygw");
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  try {
    const env = { ...process.env, GOBIN: folder, CGO_ENABLED: "0" };
    await promisify(execFile)("go", ["install", MODULE], { env, timeout: BUILD_LIMIT_MS });
    return binary;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { missing: `versitygw is not on PATH and could not be built (${reason}): go install ${MODULE}` };
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
