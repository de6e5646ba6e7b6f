import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { EngineError } from "./error.ts";

/** A value of stack configuration, as Pulumi.STACK.yaml holds it. */
export type ConfigValue = string | number | boolean | null | ConfigValue[] | { [key: string]: ConfigValue };

interface ProjectFile {
  name: string;
  main?: string;
  plugins?: Record<string, { name: string; path: string }[]>;
  [key: string]: unknown;
}

interface StackFile {
  config?: Record<string, ConfigValue>;
  encryptionsalt?: string;
  [key: string]: unknown;
}

/** Reads the project's name from its Pulumi.yaml. @throws EngineError when there is none. */
export async function readProject(projectDir: string): Promise<ProjectFile> {
  const path = join(projectDir, "Pulumi.yaml");
  const file: Partial<ProjectFile> | null | undefined = existsSync(path)
    ? parse(await readFile(path, "utf8"))
    : undefined;
  if (typeof file?.name === "string") return { ...file, name: file.name };
  throw new EngineError({
    attempted: `Reading ${path}`,
    answered: file === undefined ? "there is no such file" : 'it has no "name"',
    next: "Run from a checkout of the project, or name its folder.",
  });
}

/** Writes the project file of a local work folder: the project's own, with its paths made absolute. */
export async function writeProject(projectDir: string, workDir: string): Promise<void> {
  const project = await readProject(projectDir);
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(projectDir, path));
  const plugins = Object.fromEntries(
    Object.entries(project.plugins ?? {}).map(([kind, list]) => [
      kind,
      list.map((plugin) => ({ ...plugin, path: absolute(plugin.path) })),
    ]),
  );
  // An inline program is not read from `main`; the engine only insists that the folder exists.
  await writeIfChanged(
    join(workDir, "Pulumi.yaml"),
    stringify({ ...project, plugins, main: absolute(project.main ?? ".") }),
  );
}

export interface LocalSettings {
  readonly projectDir: string;
  readonly workDir: string;
  readonly project: string;
  readonly stack: string;
  /** Laid over the configuration in the project's Pulumi.STACK.yaml. A key without namespace belongs to the project. */
  readonly config: Readonly<Record<string, ConfigValue>>;
  /** The same for values to be encrypted. */
  readonly secretConfig: Readonly<Record<string, string>>;
  /** Keys of encrypted values in the local file that stay where none is handed over: commands set them. */
  readonly kept?: readonly string[] | undefined;
  /** What the passphrase is salted with, from the state: used where the settings file has none. */
  readonly salt: string | undefined;
  /** Whether an encrypted value in the local file, under this key, still holds this text. */
  readonly isCurrent: (key: string, value: string) => boolean;
}

export interface WrittenSettings {
  /** Encrypted values of the committed file, which a local stack cannot read. */
  readonly leftOut: string[];
  /** Values the engine has still to encrypt into the file, by qualified key. */
  readonly toEncrypt: Readonly<Record<string, string>>;
}

/**
 * Writes the settings file of a local stack: the committed configuration plus overrides. What the committed file says
 * about encryption belongs to another backend and is left out; the local salt is kept, and so are encrypted values
 * that have not changed, because encrypting one starts the engine.
 */
export async function writeStackSettings(settings: LocalSettings): Promise<WrittenSettings> {
  const name = `Pulumi.${settings.stack}.yaml`;
  const committed = await readStackFile(join(settings.projectDir, name));
  const local = await readStackFile(join(settings.workDir, name));
  const entries = Object.entries({ ...committed.config, ...qualify(settings.project, settings.config) });
  const leftOut = entries.filter(([, value]) => isEncrypted(value)).map(([key]) => key);
  const config = Object.fromEntries(entries.filter(([key]) => !leftOut.includes(key)));
  for (const key of (settings.kept ?? []).map((name) => `${settings.project}:${name}`)) {
    const present = local.config?.[key];
    if (present !== undefined && isEncrypted(present)) config[key] = present;
  }
  const toEncrypt: Record<string, string> = {};
  for (const [key, value] of Object.entries(qualify(settings.project, settings.secretConfig))) {
    const present = local.config?.[key];
    delete config[key];
    if (present !== undefined && isEncrypted(present) && settings.isCurrent(key, value)) config[key] = present;
    else toEncrypt[key] = value;
  }
  const salt = settings.salt ?? local.encryptionsalt;
  await writeIfChanged(
    join(settings.workDir, name),
    stringify({ ...(salt ? { encryptionsalt: salt } : {}), ...(Object.keys(config).length > 0 ? { config } : {}) }),
  );
  return { leftOut, toEncrypt };
}

/** Gives every key the project's namespace that has none. */
function qualify<T>(project: string, config: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]),
  );
}

function isEncrypted(value: ConfigValue): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}

async function readStackFile(path: string): Promise<StackFile> {
  const file: StackFile | null = existsSync(path) ? parse(await readFile(path, "utf8")) : null;
  return file ?? {};
}

async function writeIfChanged(path: string, text: string): Promise<void> {
  if (existsSync(path) && (await readFile(path, "utf8")) === text) return;
  await mkdir(resolve(path, ".."), { recursive: true });
  const partial = `${path}.${process.pid}`;
  await writeFile(partial, text, { mode: 0o600 });
  await rename(partial, path);
}

/** Gives a settings file the text it had before; undefined where there was none. */
export async function putBack(path: string, before: string | undefined): Promise<void> {
  await (before === undefined ? rm(path, { force: true }) : writeFile(path, before));
}
