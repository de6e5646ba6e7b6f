import { spawn } from "node:child_process";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

type Progress = ((line: string) => void) | undefined;

export interface InstallOptions {
  /** Folder that will hold `bin/pulumi`. */
  readonly root: string;
  /** As `3.258.0`. */
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** Each way that failed is added, with its reason. */
  readonly tried: string[];
  /** Default: installer, then build. */
  readonly ways: readonly InstallWay[] | undefined;
  readonly onProgress: Progress;
}

/** The official installer, or a build from the Go module proxy. */
export type InstallWay = "installer" | "build";

/** Each resolves to the reason when it fails. */
const runners: Record<InstallWay, (partial: string, options: InstallOptions) => Promise<string | undefined>> = {
  installer: runInstaller,
  build: runBuild,
};

/** Installs the engine into `root`, by the first way that works. The folder appears whole or not at all. */
export async function installEngine(options: InstallOptions): Promise<InstallWay | undefined> {
  for (const way of options.ways ?? (["installer", "build"] as const)) {
    const partial = `${options.root}.partial-${process.pid}`;
    try {
      await rm(partial, { recursive: true, force: true });
      await mkdir(join(partial, "bin"), { recursive: true });
      const failure = await runners[way](partial, options);
      if (failure === undefined) {
        await rm(options.root, { recursive: true, force: true });
        await rename(partial, options.root);
        return way;
      }
      options.tried.push(`${way}: ${failure}`);
      options.onProgress?.(`Engine: ${way} did not work (${failure})`);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return undefined;
}

// In a process of its own, because the API offers no way to stop a download that hangs.
const installerProgram = `
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
const [root, version] = process.argv.slice(1);
await PulumiCommand.install({ root, version, skipVersionCheck: false }).catch((error) => {
  console.error(String(error.message ?? error).split("\\n").filter(Boolean).slice(-3).join(" "));
  process.exit(1);
});
process.exit(0);
`;

function runInstaller(partial: string, options: InstallOptions): Promise<string | undefined> {
  options.onProgress?.(`Engine: trying the official installer for ${options.version}`);
  return watch({
    file: process.execPath,
    args: ["--input-type=module", "-e", installerProgram, partial, options.version],
    cwd: import.meta.dirname,
    env: options.env,
    limitMs: 180_000,
    describe: (seconds) => `Engine: installing ${options.version}, ${seconds} s`,
    onProgress: options.onProgress,
  });
}

async function runBuild(partial: string, options: InstallOptions): Promise<string | undefined> {
  options.onProgress?.(`Engine: building ${options.version} from the Go module proxy (3 to 8 minutes, once)`);
  for (const file of ["go.mod", "go.sum"]) {
    await copyFile(join(import.meta.dirname, "build", file), join(partial, file));
  }
  const output = join("bin", process.platform === "win32" ? "pulumi.exe" : "pulumi");
  const linked = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${options.version}`;
  const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", linked, "-o", output];
  const failure = await watch({
    file: "go",
    args: [...args, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
    cwd: partial,
    env: { ...options.env, CGO_ENABLED: "0", GOWORK: "off" },
    limitMs: 45 * 60_000,
    describe: (seconds, lines) => `Engine: building, ${seconds} s, ${lines} modules downloaded`,
    onProgress: options.onProgress,
  });
  return failure?.includes("ENOENT") ? "no go on PATH" : failure;
}

interface Watched {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  describe(seconds: number, linesOfErrorOutput: number): string;
  readonly onProgress: Progress;
}

/** Runs a command to its end with a line of progress every five seconds; resolves to the reason when it fails. */
function watch(options: Watched): Promise<string | undefined> {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(options.file, options.args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: options.limitMs,
      killSignal: "SIGKILL",
    });
    const seconds = () => Math.round((Date.now() - started) / 1000);
    const lines: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text: string) => lines.push(...text.split("\n").filter(Boolean)));
    const timer = setInterval(() => options.onProgress?.(options.describe(seconds(), lines.length)), 5000);
    const settle = (failure: string | undefined) => {
      clearInterval(timer);
      resolve(failure);
    };
    child.on("error", (error) => settle(error.message));
    child.on("close", (code, signal) => {
      if (code === 0) settle(undefined);
      else if (signal) settle(`stopped after ${seconds()} s`);
      else settle(lines.slice(-2).join(" ").slice(0, 400) || `ended with code ${code}`);
    });
  });
}
