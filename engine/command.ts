import { type ChildProcess, spawn } from "node:child_process";
import { delimiter, dirname, isAbsolute } from "node:path";
import { follow } from "./interrupt.ts";
import type { EngineVersion } from "./version.ts";

/** What an engine command printed. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** An engine command ended with an exit code other than 0, or could not be started (code -2). */
export class EngineCommandError extends Error {
  override readonly name = "EngineCommandError";
  readonly output: CommandOutput;

  constructor(args: readonly string[], output: CommandOutput) {
    super(`pulumi ${args.slice(0, 2).join(" ")} ended with code ${output.code}: ${output.stderr.trim()}`);
    this.output = output;
  }
}

/** How to run one engine command. */
export interface CommandOptions {
  readonly cwd?: string | undefined;
  /** The whole environment: nothing is inherited from this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Written to standard input, which is closed otherwise. */
  readonly input?: string | undefined;
  readonly onOutput?: ((text: string) => void) | undefined;
  readonly onError?: ((text: string) => void) | undefined;
  /** Handed the running process, for the code that may have to interrupt it. */
  readonly onStart?: ((child: ChildProcess) => void) | undefined;
  /** Kill the command after this many milliseconds. Default: no limit. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Runs a program in a process group of its own: Ctrl-C on a terminal reaches every process of the foreground group,
 * and the engine takes a second SIGINT as "stop at once", so it must come from one place only.
 * @throws EngineCommandError on any exit code but 0.
 */
export function runCommand(file: string, args: readonly string[], options: CommandOptions): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      detached: process.platform !== "win32",
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      timeout: options.timeoutMs,
      killSignal: "SIGKILL",
    });
    const text = { stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text.stdout += chunk;
      options.onOutput?.(chunk);
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      text.stderr += chunk;
      options.onError?.(chunk);
    });
    options.onStart?.(child);
    const settle = (code: number, stderr: string) => {
      const output = { stdout: text.stdout, stderr, code };
      if (code === 0) resolve(output);
      else reject(new EngineCommandError(args, output));
    };
    child.on("error", (error) => settle(-2, error.message));
    child.on("close", (code, killedBy) => settle(code ?? -1, text.stderr || (killedBy ? `killed by ${killedBy}` : "")));
    child.stdin?.on("error", () => undefined).end(options.input);
  });
}

type Listener = (text: string) => void;

/**
 * The engine as the Automation API calls it, with two differences from the API's own runner: the environment is the
 * one given, not this process's as well, and the engine runs in its own process group.
 */
export class EngineCommand {
  readonly command: string;
  readonly version: EngineVersion;

  constructor(command: string, version: EngineVersion) {
    this.command = command;
    this.version = version;
  }

  /** Called by the Automation API, which declares no type for it. */
  run(
    args: readonly string[],
    cwd: string,
    env: Record<string, string | undefined>,
    onOutput?: Listener,
    onError?: Listener,
  ): Promise<CommandOutput> {
    return this.execute(args, { cwd, env, onOutput, onError });
  }

  /** Runs one engine command, never asking questions. @throws EngineCommandError on any exit code but 0. */
  async execute(args: readonly string[], options: CommandOptions): Promise<CommandOutput> {
    const { env } = options;
    const path = isAbsolute(this.command) ? `${dirname(this.command)}${delimiter}${env.PATH ?? ""}` : env.PATH;
    return runCommand(this.command, [...args, "--non-interactive"], {
      ...options,
      env: { ...env, PATH: path, PULUMI_AUTOMATION_API: "true" },
      onStart: follow,
    });
  }
}
