import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { LocalWorkspace, type PulumiCommand, type PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { type LocalBackend, localBackend, prepareBackend, readCheckpoint, releaseStaleLocks } from "./backend.ts";
import { createStack } from "./create.ts";
import { RefusedError } from "./error.ts";
import type { Progress } from "./events.ts";
import { Fingerprints } from "./fingerprints.ts";
import { type Cloud, refuseRemote } from "./guard.ts";
import { withFileLock } from "./lock.ts";
import { EnvironmentStack } from "./operations.ts";
import type { StackParts } from "./parts.ts";
import { defaultDataDir, projectRoot } from "./paths.ts";
import { type Engine, resolveEngine } from "./resolve.ts";
import { separateConnections } from "./sdk-patches/grpc-connections.ts";
import { watchProgram } from "./sdk-patches/unfinished-program.ts";
import { type ConfigValue, putBack, readProject, writeProject, writeStackSettings } from "./settings.ts";
import { engineEnvironment, localVariables, secretVariables } from "./variables.ts";

/** Which stack to open, and what it runs with. */
export interface StackOptions {
  /** Name of the stack: `prod`, `preview`, ... */
  readonly stack: string;
  /** `local` keeps state, settings and secrets in the data folder; `hosted` uses the caller's login and backend. */
  readonly cloud: Cloud;
  /** Declares the resources. Runs once per operation, inside this process. */
  readonly program: PulumiFn;
  /** Folder of Pulumi.yaml. Default: this checkout. */
  readonly projectDir?: string | undefined;
  /** Default: `TAILFIRE_DATA_DIR`, or `.data` in the checkout. Used by local stacks only. */
  readonly dataDir?: string | undefined;
  /** Hosted stacks only: keeps project and settings file in this folder, for a stack the checkout has no file for. */
  readonly settingsDir?: string | undefined;
  /** Laid over Pulumi.STACK.yaml. A key without namespace belongs to the project. Local, or with `settingsDir`. */
  readonly config?: Readonly<Record<string, ConfigValue>> | undefined;
  /** The same for values that are stored encrypted. */
  readonly secretConfig?: Readonly<Record<string, string>> | undefined;
  /** Local stacks only: keys of secrets that were set in the stack's own settings, and stay where none is handed over. */
  readonly keptSecrets?: readonly string[] | undefined;
  /** Added to the environment of engine, plugins and, while an operation runs, of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Default: found by {@link resolveEngine}. */
  readonly engine?: Engine | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

const stackName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/**
 * Opens a stack, creating it where it does not exist yet. Nothing is provisioned.
 * @throws RefusedError for a local stack that would leave this machine; EngineError when no engine is found, or its
 * backend refuses.
 */
export async function openStack(options: StackOptions): Promise<EnvironmentStack> {
  if (!stackName.test(options.stack)) {
    throw new RefusedError({
      attempted: `Opening stack "${options.stack}"`,
      answered: "a stack's name consists of letters, digits, dots, hyphens and underscores",
      next: "Use a name such as prod, preview or dev.",
    });
  }
  const say = (text: string) => options.onProgress?.({ kind: "line", text });
  const projectDir = options.projectDir ?? projectRoot;
  const { name: project } = await readProject(projectDir);
  if (options.cloud === "local") refuseRemote(options, say);
  const engine = options.engine ?? (await resolveEngine({ onProgress: say }));
  return options.cloud === "local"
    ? openLocal({ options, project, projectDir, engine, say })
    : openHosted({ options, project, projectDir, engine });
}

interface Opening {
  readonly options: StackOptions;
  readonly project: string;
  readonly projectDir: string;
  readonly engine: Engine;
}

type LocalOpening = Opening & { readonly say: (text: string) => void };

async function openLocal(opening: LocalOpening): Promise<EnvironmentStack> {
  const { options, project } = opening;
  const backend = localBackend(options.dataDir ?? defaultDataDir(), project, options.stack);
  // Two commands started at once would both create the stack and write its settings.
  const path = join(backend.workDir, `open.${options.stack}.lock`);
  return withFileLock({ path }, () => openPrepared(opening, backend));
}

async function openPrepared(opening: LocalOpening, backend: LocalBackend): Promise<EnvironmentStack> {
  const { options, project, projectDir, engine, say } = opening;
  await prepareBackend(backend, options.stack);
  await writeProject(projectDir, backend.workDir);
  const isNew = !existsSync(backend.checkpoint);
  const state = await readCheckpoint(backend);
  const fingerprints = await Fingerprints.open(backend.fingerprintFile, backend.passphraseFile);
  const { leftOut, toEncrypt } = await writeStackSettings({
    projectDir,
    project,
    workDir: backend.workDir,
    stack: options.stack,
    config: options.config ?? {},
    secretConfig: options.secretConfig ?? {},
    kept: options.keptSecrets,
    salt: state?.secrets_providers?.state?.salt,
    isCurrent: (key, value) => fingerprints.matches(key, value),
  });
  if (leftOut.length > 0) {
    say(`Left out of local stack ${options.stack}, encrypted for another backend: ${leftOut.join(", ")}`);
  }
  const env = { ...engineEnvironment("local"), ...localVariables(backend), ...options.env };
  const stack = await assemble({ options, project, engine, env, workDir: backend.workDir, backend, isNew });
  if (isNew) {
    // The engine locks a stack that it makes, and its lock may have been cut off.
    for (const line of await releaseStaleLocks(backend)) say(line);
    await stack.command(["stack", "init", options.stack, "--secrets-provider", "passphrase", "--no-select"]);
    await rm(backend.unmadeFile, { force: true });
  }
  for (const [key, value] of Object.entries(toEncrypt)) {
    await stack.command(["config", "set", key, "--secret"], { input: value });
  }
  if (Object.keys(toEncrypt).length > 0) await fingerprints.remember(toEncrypt);
  return stack;
}

async function openHosted(opening: Opening): Promise<EnvironmentStack> {
  const { options, project, projectDir, engine } = opening;
  if (options.settingsDir !== undefined) return openInFolder(opening, options.settingsDir);
  if (Object.keys(options.config ?? {}).length + Object.keys(options.secretConfig ?? {}).length > 0) {
    throw new RefusedError({
      attempted: `Opening hosted stack ${options.stack}`,
      answered: "configuration was handed over, and a hosted stack keeps its own in Pulumi.STACK.yaml",
      next: `Set it with "pulumi config set KEY VALUE --stack ${options.stack}".`,
    });
  }
  const env = { ...engineEnvironment("hosted"), ...options.env };
  const parts = { options, project, engine, env, workDir: projectDir, backend: undefined };
  const stack = await assemble(parts);
  const select = ["stack", "select", options.stack];
  const isThere = await stack.command(select).then(
    () => true,
    () => false,
  );
  if (isThere) return stack;
  const path = join(projectDir, `Pulumi.${options.stack}.yaml`);
  const before = existsSync(path) ? await readFile(path, "utf8") : undefined;
  const isNew = await createStack(stack, () => putBack(path, before));
  return isNew ? assemble({ ...parts, isNew, settings: { path, before } }) : stack;
}

async function openInFolder(opening: Opening, workDir: string): Promise<EnvironmentStack> {
  const { options, project, projectDir, engine } = opening;
  await writeProject(projectDir, workDir);
  const { config = {}, secretConfig = {}, stack: name } = options;
  // All in it is written again below. The salt of one command's mistyped passphrase would fail every later one.
  await rm(join(workDir, `Pulumi.${name}.yaml`), { force: true });
  const settings = { projectDir, project, workDir, stack: name, config, secretConfig, isCurrent: () => false };
  const { toEncrypt } = await writeStackSettings({ ...settings, salt: undefined });
  const env = { ...engineEnvironment("hosted"), ...options.env };
  const stack = await assemble({ options, project, engine, env, workDir, backend: undefined });
  await createStack(stack, async () => void (await writeStackSettings({ ...settings, salt: undefined })));
  const secrets = Object.entries(toEncrypt);
  if (secrets.length === 0) return stack;
  // With another salt than before, what the stack was deployed with could not be read any more.
  const salt = (await stack.exportState()).deployment.secrets_providers?.state?.salt;
  if (salt) await writeStackSettings({ ...settings, salt });
  for (const [key, value] of secrets) await stack.command(["config", "set", key, "--secret"], { input: value });
  return stack;
}

interface Parts {
  readonly options: StackOptions;
  readonly project: string;
  readonly engine: Engine;
  readonly env: Record<string, string>;
  readonly workDir: string;
  readonly backend: LocalBackend | undefined;
  /** Whether opening it made it. */
  readonly isNew?: boolean;
  readonly settings?: StackParts["settings"];
}

async function assemble(parts: Parts): Promise<EnvironmentStack> {
  const { options, engine, env, workDir, backend } = parts;
  // The Automation API declares its command as a class with a private constructor, so that no other object has its
  // type; what it calls on it is `command`, `version` and `run`.
  const pulumiCommand = engine.command as unknown as PulumiCommand;
  separateConnections();
  const watched = watchProgram(options.program);
  const workspace = await LocalWorkspace.create({ workDir, program: watched.run, envVars: env, pulumiCommand });
  // Each would start the engine once more for an answer that is not read: the stack is known to exist, outputs are read
  // on demand and the summary comes with the events.
  workspace.selectStack = async () => undefined;
  workspace.stackOutputs = async () => ({});
  const automation = await Stack.select(options.stack, workspace);
  automation.info = async () => undefined;
  return new EnvironmentStack({
    name: options.stack,
    project: parts.project,
    cloud: options.cloud,
    engine,
    workDir,
    env,
    programEnv: options.env ?? {},
    secrets: Object.values(options.secretConfig ?? {}).concat(secretVariables(options.env ?? {})),
    automation,
    program: options.program,
    watched,
    backend,
    isNew: parts.isNew ?? false,
    settings: parts.settings,
    onProgress: options.onProgress,
  });
}
