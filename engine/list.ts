import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Deployment, localBackend, removeStackFiles } from "./backend.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { EngineCommandError } from "./command.ts";
import { EngineError } from "./error.ts";
import type { Cloud } from "./guard.ts";
import { projectRoot } from "./paths.ts";
import { resolveEngine } from "./resolve.ts";
import { readProject, writeProject } from "./settings.ts";
import { engineEnvironment } from "./variables.ts";

/** Which stacks to look for. */
export interface StackSearch {
  readonly cloud: Cloud;
  readonly dataDir: string;
  /** Hosted only: a folder for a copy of the project file, so that nothing is written into the checkout. */
  readonly settingsDir: string;
  /** Hosted only: added to the environment of the engine. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** A stack that exists, and how to read its state without opening it. */
export interface FoundStack {
  readonly name: string;
  /** The state as last written, secrets as ciphertext; undefined before the first operation. */
  readonly readState: () => Promise<Deployment | undefined>;
}

/** Every stack of this project in its backend. Creates none. @throws EngineError when the backend refuses. */
export async function listStacks(search: StackSearch): Promise<FoundStack[]> {
  const { name: project } = await readProject(projectRoot);
  if (search.cloud === "local") return listLocal(search.dataDir, project);
  await mkdir(search.settingsDir, { recursive: true, mode: 0o700 });
  await writeProject(projectRoot, search.settingsDir);
  const run = (args: readonly string[]) => runIn(search, args);
  const folder = await plainFolder({ ...process.env, ...engineEnvironment("hosted"), ...search.env }, project);
  // The engine lists nothing at all where one state is cut off, so files are listed by their names.
  if (folder !== undefined) return listFolder(folder);
  const listed: { name: string }[] = JSON.parse(await run(["stack", "ls", "--json"]));
  return listed.map(({ name: full }) => {
    const name = full.slice(full.lastIndexOf("/") + 1);
    const readState = async (): Promise<Deployment> =>
      JSON.parse(await run(["stack", "export", "--stack", full])).deployment;
    return { name, readState };
  });
}

/** Runs an engine command on the hosted backend, in the folder with the copy of the project file. */
async function runIn(search: StackSearch, args: readonly string[]): Promise<string> {
  const engine = await resolveEngine({});
  const env = { ...engineEnvironment("hosted"), ...search.env };
  try {
    return (await engine.command.execute([...args], { cwd: search.settingsDir, env })).stdout;
  } catch (error) {
    if (!(error instanceof EngineCommandError)) throw error;
    throw new EngineError({
      attempted: `pulumi ${args.slice(0, 2).join(" ")}`,
      answered: error.output.stderr.trim(),
      next: /JSON|checkpoint/.test(error.output.stderr)
        ? "A state in the backend is cut off: look through .pulumi/stacks there, and put back the .bak next to it."
        : "Check PULUMI_BACKEND_URL and the login to that backend.",
    });
  }
}

/**
 * Removes the files of a local stack that does not exist any more, whichever of them a killed command has left.
 * Does nothing while the stack exists.
 */
export async function forgetLocalStack(options: { readonly dataDir: string; readonly stack: string }): Promise<void> {
  const { name: project } = await readProject(projectRoot);
  const backend = localBackend(options.dataDir, project, options.stack);
  if (existsSync(backend.checkpoint)) return;
  await removeStackFiles(backend);
  await rm(join(backend.workDir, `Pulumi.${options.stack}.yaml`), { force: true });
}

/**
 * Removes a stack from its backend whatever its state holds: nothing of it is deleted, and no passphrase is needed.
 * @throws EngineError when the backend refuses
 */
export async function removeStack({ stack, ...search }: StackSearch & { readonly stack: string }): Promise<void> {
  if (search.cloud === "hosted") {
    await runIn(search, ["stack", "rm", stack, "--force", "--yes", "--preserve-config"]);
    return;
  }
  const { name: project } = await readProject(projectRoot);
  await rm(localBackend(search.dataDir, project, stack).checkpoint, { force: true });
  await forgetLocalStack({ dataDir: search.dataDir, stack });
}

/** Names for which a local backend holds files of any kind. */
export async function localStackTraces(dataDir: string): Promise<string[]> {
  const { name: project } = await readProject(projectRoot);
  const { workDir, checkpoint } = localBackend(dataDir, project, "any");
  const inWork = existsSync(workDir) ? await readdir(workDir) : [];
  const inState = existsSync(dirname(checkpoint)) ? await readdir(dirname(checkpoint)) : [];
  const names = [
    ...inWork.map(
      (file) => /^(?:passphrase\.|secrets\.|Pulumi\.)(.+?)(?:\.json|\.unmade|\.yaml(?:\.\d+)?)?$/.exec(file)?.[1],
    ),
    ...inState.map((file) => /^(.+?)\.json/.exec(file)?.[1]),
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}

async function listLocal(dataDir: string, project: string): Promise<FoundStack[]> {
  return listFolder(dirname(localBackend(dataDir, project, "any").checkpoint));
}

async function listFolder(folder: string): Promise<FoundStack[]> {
  const files = existsSync(folder) ? await readdir(folder) : [];
  return files.flatMap((file) => {
    const name = /^(.+)\.json$/.exec(file)?.[1];
    return name ? [{ name, readState: () => parseCheckpoint<Deployment>(join(folder, file)) }] : [];
  });
}

/** Folder with the states of a backend on this machine; undefined for any other, and where they are compressed. */
async function plainFolder(env: NodeJS.ProcessEnv, project: string): Promise<string | undefined> {
  const path = /^file:\/\/(\/[^?]*)$/.exec(env.PULUMI_BACKEND_URL ?? "")?.[1];
  if (path === undefined) return undefined;
  const folder = join(decodeURIComponent(path), ".pulumi", "stacks", project);
  const files = await readdir(folder).catch(() => undefined);
  return files?.some((file) => file.endsWith(".gz")) ? undefined : files && folder;
}
