import { type Deployment, readCheckpoint, removeStackFiles, type StateResource, unfinishedLocks } from "./backend.ts";
import { type CommandOutput, EngineCommandError } from "./command.ts";
import { UnexpectedChangesError } from "./error.ts";
import { cleanText, EventCollector, resourceLabel } from "./events.ts";
import { explain } from "./explain.ts";
import { type Cloud, requireQuietLogs } from "./guard.ts";
import { requireGoingOn } from "./interrupt.ts";
import { keepersOf, leavesAll, refuseLosses, replaceableBy } from "./losing/loss.ts";
import { naming } from "./losing/naming.ts";
import { refuseProtected } from "./losing/protection.ts";
import { readOutputs } from "./outputs.ts";
import type { StackParts } from "./parts.ts";
import { withProgramEnvironment } from "./program-environment.ts";
import { recover } from "./recovery.ts";
import type { Engine } from "./resolve.ts";
import type { OperationOptions, OperationResult, StackOutputs, UpOptions } from "./result.ts";
import { declaredBy } from "./sdk-patches/declared.ts";
import { admitting } from "./sdk-patches/unfinished-program.ts";
import { putBack } from "./settings.ts";
import { replacing, type SharedOptions } from "./shared-options.ts";

/** One stack, opened by `openStack`, and the operations on it. */
export class EnvironmentStack {
  readonly name: string;
  readonly project: string;
  readonly cloud: Cloud;
  readonly workDir: string;
  readonly engine: Engine;
  /** Whether opening it made it: it held nothing before. */
  readonly isNew: boolean;
  readonly #parts: StackParts;
  readonly #clean: (text: string) => string;

  constructor(parts: StackParts) {
    this.name = parts.name;
    this.project = parts.project;
    this.cloud = parts.cloud;
    this.workDir = parts.workDir;
    this.engine = parts.engine;
    this.isNew = parts.isNew;
    this.#parts = parts;
    this.#clean = (text) => cleanText(text, parts.secrets);
  }

  /**
   * Makes the live state what the program declares; reads the live state first unless `refresh` is false.
   * @throws RefusedError before anything is changed where it would delete or replace what holds data and is not named in
   * `lose`, nor, a project, in its `replaceProject`.
   */
  async up(options: UpOptions = {}): Promise<OperationResult> {
    const refresh = options.refresh ?? true;
    const run = () =>
      naming(this.#parts.automation.workspace.envVars, options.lose ?? [], () =>
        this.#operate("up", options, (shared) =>
          this.#parts.automation.up({ ...shared, ...replacing(options), refresh }),
        ),
      );
    const recorded = await this.resources();
    const keepers = keepersOf(recorded, options.targets);
    if (keepers.length === 0) return run();
    return admitting(this.#parts.watched, run, async (request) => {
      // The engine is asked only where the program does not plainly leave them.
      const declared = options.replace ? undefined : await declaredBy(this.#parts.program, request, recorded);
      if (declared && leavesAll(keepers, declared)) return;
      const named = [...(options.lose ?? []), ...replaceableBy(declared ?? [], keepers)];
      await this.#refuseLosses(keepers, { ...options, lose: named });
    });
  }

  /** What `up` would do. Changes nothing. @param options.lose what may be planned to go, as `Project main`: else a project is refused */
  preview(options: OperationOptions & { readonly lose?: readonly string[] } = {}): Promise<OperationResult> {
    return naming(this.#parts.automation.workspace.envVars, options.lose ?? [], () =>
      this.#operate("preview", options, (shared) =>
        this.#parts.automation.preview({ ...shared, ...replacing(options), refresh: options.refresh }),
      ),
    );
  }

  /** Reads the live state of every resource into the state; with `previewOnly` only reports what differs. */
  refresh(options: OperationOptions & { readonly previewOnly?: boolean | undefined } = {}): Promise<OperationResult> {
    return this.#operate("refresh", options, (shared) =>
      this.#parts.automation.refresh({ ...shared, previewOnly: options.previewOnly }),
    );
  }

  /** Nothing happens where nothing of the stack is protected. @throws RefusedError naming what is, and how to go on */
  async requireUnprotected(): Promise<void> {
    const kept = (await this.#protected()).map(({ urn }) => resourceLabel(urn));
    refuseProtected(this.name, { labels: kept, command: `npm run destroy -- ${this.name}` });
  }

  /** Deletes every resource of the stack. @throws RefusedError when one is protected, unless `unprotect` is given. */
  async destroy(
    options: OperationOptions & { readonly unprotect?: boolean | undefined } = {},
  ): Promise<OperationResult> {
    const kept = options.unprotect ? await this.#protected() : [];
    if (!options.unprotect) await this.requireUnprotected();
    return this.#operate("destroy", options, async (shared) => {
      if (kept.length > 0) await this.command(["state", "unprotect", "--all", "--yes"]);
      return this.#parts.automation.destroy({ ...shared, refresh: options.refresh });
    });
  }

  /** The outputs of the last `up`; secret values are `[secret]` unless `showSecrets` is given. */
  outputs(options: { readonly showSecrets?: boolean | undefined } = {}): Promise<StackOutputs> {
    return readOutputs({ backend: this.#parts.backend, command: (args) => this.command(args) }, options);
  }

  /** Every resource in the state, with values marked secret as ciphertext. */
  async resources(): Promise<readonly StateResource[]> {
    return (await this.#state())?.resources ?? [];
  }

  /** Lock files of a local stack that a killed process did not finish; the next operation removes them. */
  async unfinishedLocks(): Promise<string[]> {
    return this.#parts.backend ? unfinishedLocks(this.#parts.backend) : [];
  }

  /** The whole state, secrets as ciphertext. */
  async exportState(): Promise<{ version: number; deployment: Deployment }> {
    return JSON.parse((await this.command(["stack", "export"])).stdout);
  }

  /** Replaces the whole state by one from {@link exportState}. */
  async importState(state: { version: number; deployment: Deployment }): Promise<void> {
    await this.command(["stack", "import"], { input: JSON.stringify(state) });
  }

  /** Forgets the stack: state, history and local settings. @throws EngineError while it has resources. */
  async remove(): Promise<void> {
    const keepSettings = this.cloud === "hosted" ? ["--preserve-config"] : [];
    await this.command(["stack", "rm", this.name, "--yes", ...keepSettings]);
    const { backend, settings } = this.#parts;
    if (backend) await removeStackFiles(backend);
    if (settings) await putBack(settings.path, settings.before);
  }

  /** Runs an engine command on this stack. @throws EngineError with what the engine answered, secrets masked. */
  async command(args: readonly string[], options: { readonly input?: string } = {}): Promise<CommandOutput> {
    const { engine, workDir, env } = this.#parts;
    const named = args[0] === "stack" && ["init", "select", "rm"].includes(args[1] ?? "") ? [] : ["--stack", this.name];
    try {
      return await engine.command.execute([...args, ...named], { cwd: workDir, env, input: options.input });
    } catch (error) {
      throw this.#explain(`pulumi ${args.slice(0, 2).join(" ")}`, error, undefined);
    }
  }

  #refuseLosses(keepers: readonly StateResource[], options: UpOptions): Promise<void> {
    const look = (targets: readonly string[] | undefined) => {
      const quietly = { ...options, targets, expectNoChanges: false, silent: true, readOnly: true };
      return this.#operate("preview", quietly, (shared) =>
        this.#parts.automation.preview({ ...shared, ...replacing(options), refresh: options.refresh ?? true }),
      );
    };
    // What is only looked at may be replaced: the refusal then names all that goes.
    return naming(
      this.#parts.automation.workspace.envVars,
      keepers.map(({ urn }) => resourceLabel(urn)),
      () => refuseLosses(this.name, { ...options, keepers, look }),
    );
  }

  async #operate(
    operation: OperationResult["operation"],
    options: OperationOptions & { readonly silent?: boolean },
    run: (shared: SharedOptions) => Promise<unknown>,
  ): Promise<OperationResult> {
    const { cloud, name, onProgress, programEnv } = this.#parts;
    requireQuietLogs(cloud, options);
    requireGoingOn(`${operation} of stack ${name}`);
    // Recovery writes to the state, and over the copy of the one before, which an operation that only looks must not.
    if (!options.readOnly && operation !== "preview") await this.#recover();
    const started = Date.now();
    const collector = new EventCollector({
      operation,
      clean: this.#clean,
      onProgress: options.silent ? undefined : onProgress,
    });
    const shared: SharedOptions = {
      color: "never",
      onEvent: (event) => collector.add(event),
      debug: options.debug,
      logVerbosity: options.verbosity,
      ...(options.targets ? { target: [...options.targets] } : {}),
    };
    try {
      await withProgramEnvironment({ stack: name, cloud, env: programEnv }, () => run(shared));
    } catch (error) {
      throw this.#explain(operation, error, collector);
    }
    const result = collector.result({ stack: name, started });
    if (options.expectNoChanges && result.changed) throw new UnexpectedChangesError(result);
    return result;
  }

  async #recover(): Promise<void> {
    const { backend, onProgress } = this.#parts;
    const [readState, exportState] = [() => this.#state(), () => this.exportState()];
    const lines = await recover({ backend, readState, exportState, importState: (state) => this.importState(state) });
    for (const text of lines) onProgress?.({ kind: "line", text });
  }

  async #state(): Promise<Deployment | undefined> {
    const { backend } = this.#parts;
    return backend ? readCheckpoint(backend) : (await this.exportState()).deployment;
  }

  async #protected(): Promise<StateResource[]> {
    return (await this.resources()).filter(({ protect }) => protect);
  }

  #explain(attempted: string, error: unknown, collector: EventCollector | undefined): unknown {
    if (!(error instanceof EngineCommandError)) return error;
    const errors = collector?.errors ?? [];
    return explain({ attempted, stack: this.name, error, errors, clean: this.#clean });
  }
}
