import { access, constants, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { EngineCommand, EngineCommandError, runCommand } from "./command.ts";
import { EngineError } from "./error.ts";
import { type InstallWay, installEngine } from "./install.ts";
import { withFileLock } from "./lock.ts";
import { defaultCacheDir } from "./paths.ts";
import { type EngineVersion, parseVersion } from "./version.ts";

/** The version that is installed or built where none is found: the newest the module proxy is known to build. */
export const engineVersion = "3.258.0";
/** The oldest engine the Automation API of this project drives. */
const minimumVersion = "3.181.0";

/** A usable Pulumi engine. */
export interface Engine {
  /** Absolute path of the binary. */
  readonly path: string;
  /** As `3.258.0`. */
  readonly version: string;
  readonly origin: "PATH" | "cache" | InstallWay;
  readonly command: EngineCommand;
}

export interface ResolveOptions {
  /** Default: the user's cache folder, see {@link defaultCacheDir}. */
  readonly cacheDir?: string | undefined;
  /** Where PATH is read, and what an installation runs with. Default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** One line at a time; an installation reports every few seconds. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** How to get an engine when none is found, in this order. Default: installer, then build. Empty: not at all. */
  readonly ways?: readonly InstallWay[] | undefined;
}

/**
 * Finds the Pulumi engine: on PATH (3.181 or later), in the project's cache, from the official installer, or built
 * from the Go module proxy. What the last two produce stays in the cache.
 * @throws EngineError naming every way that was tried and what to install.
 */
export async function resolveEngine(options: ResolveOptions = {}): Promise<Engine> {
  const tried: string[] = [];
  const found = (await fromPath(options, tried)) ?? (await fromCache(options, tried));
  const engine = found ?? (options.ways?.length === 0 ? undefined : await fromInstallation(options, tried));
  if (!engine) throw notFound(tried);
  options.onProgress?.(`Engine: pulumi ${engine.version} (${engine.origin}: ${engine.path})`);
  return engine;
}

/** Where the cache keeps one version of the engine; the binary is `bin/pulumi` below. */
export function cachedRoot(options: ResolveOptions = {}): string {
  return join(options.cacheDir ?? defaultCacheDir(options.env), "engine", `v${engineVersion}`);
}

async function fromPath(options: ResolveOptions, tried: string[]): Promise<Engine | undefined> {
  const env = options.env ?? process.env;
  const candidates = (env.PATH ?? "").split(delimiter).filter(Boolean).map(binaryIn);
  let seen = false;
  for (const path of candidates) {
    if (!(await isExecutable(path))) continue;
    seen = true;
    const answer = await askVersion(path, env);
    if (typeof answer === "string") tried.push(`PATH: ${path} ${answer}`);
    else if (answer.major !== 3 || answer.compare(minimumVersion) < 0) {
      tried.push(`PATH: ${path} is version ${answer}, not 3.x from ${minimumVersion} on`);
    } else return usable(path, answer, "PATH");
  }
  if (!seen) tried.push("PATH: no pulumi");
  return undefined;
}

async function fromCache(options: ResolveOptions, tried: string[]): Promise<Engine | undefined> {
  const root = cachedRoot(options);
  const path = binaryIn(join(root, "bin"));
  if (!(await isExecutable(path))) {
    tried.push(`cache: nothing usable in ${root}`);
    return undefined;
  }
  const answer = await askVersion(path, options.env ?? process.env);
  if (typeof answer !== "string" && answer.toString() === engineVersion) return usable(path, answer, "cache");
  const reason = typeof answer === "string" ? answer : `is version ${answer}`;
  tried.push(`cache: ${path} ${reason}; removed`);
  options.onProgress?.(`The cached engine ${path} ${reason}: removing it`);
  await rm(root, { recursive: true, force: true });
  return undefined;
}

async function fromInstallation(options: ResolveOptions, tried: string[]): Promise<Engine | undefined> {
  const root = cachedRoot(options);
  const path = `${root}.lock`;
  const onWait = () => options.onProgress?.(`Engine: waiting for another process to install it (${path})`);
  return withFileLock({ path, onWait }, async () => {
    // Another process may have finished while this one waited for the lock.
    const ready = await fromCache(options, []);
    if (ready) return ready;
    const env = options.env ?? process.env;
    const { ways, onProgress } = options;
    const origin = await installEngine({ root, version: engineVersion, env, tried, ways, onProgress });
    if (!origin) return undefined;
    const path = binaryIn(join(root, "bin"));
    const answer = await askVersion(path, env);
    if (typeof answer !== "string") return usable(path, answer, origin);
    tried.push(`${origin}: ${path} ${answer}`);
    return undefined;
  });
}

/** The version a binary reports, or what is wrong with it as the end of a sentence that starts with its path. */
async function askVersion(path: string, env: NodeJS.ProcessEnv): Promise<EngineVersion | string> {
  try {
    const { stdout } = await runCommand(path, ["version"], {
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeoutMs: 20_000,
    });
    return parseVersion(stdout) ?? `answers "${stdout.trim().slice(0, 40)}" to "version"`;
  } catch (error) {
    if (!(error instanceof EngineCommandError)) throw error;
    return `does not answer "version" (${error.output.stderr.trim().split("\n")[0] || `code ${error.output.code}`})`;
  }
}

function usable(path: string, version: EngineVersion, origin: Engine["origin"]): Engine {
  return { path, version: version.toString(), origin, command: new EngineCommand(path, version) };
}

function binaryIn(folder: string): string {
  return join(folder, process.platform === "win32" ? "pulumi.exe" : "pulumi");
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function notFound(tried: readonly string[]): EngineError {
  return new EngineError({
    attempted: "Finding a Pulumi engine",
    answered: `none of the ways worked:\n${tried.map((line) => `  - ${line}`).join("\n")}`,
    next: `Install the Pulumi CLI (${minimumVersion} or later) so that "pulumi version" answers, or install Go 1.21 or later to have the engine built, then run the command again.`,
  });
}
