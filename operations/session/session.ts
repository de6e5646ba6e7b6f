import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { parse } from "yaml";
import { RefusedError } from "../../engine/error.ts";
import type { Progress } from "../../engine/events.ts";
import type { Cloud } from "../../engine/guard.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { defaultDataDir, projectRoot } from "../../engine/paths.ts";
import { type Engine, resolveEngine } from "../../engine/resolve.ts";
import { type ConfigValue, readProject } from "../../engine/settings.ts";
import { openStack } from "../../engine/stack.ts";
import type { LocalCloud } from "../../local/cloud.ts";
import type { Management } from "../../providers/management/access.ts";
import { hostedPlatform } from "../platform/account.ts";
import { handOffSettings, hostedSecrets } from "./hand-off.ts";
import { openLocalCloud } from "./local-cloud.ts";
import { organizationOf } from "./organizations.ts";
import { isPullRequestStack, settingsStackOf } from "./stack-names.ts";
import { readStackSettings } from "./stack-settings.ts";

export interface SessionOptions {
  readonly stack: string;
  /** Default `local`. */
  readonly cloud?: Cloud | undefined;
  /** Default: `TAILFIRE_DATA_DIR`, or `.data` in the checkout. */
  readonly dataDir?: string | undefined;
  /** Default: the program of this project. */
  readonly program?: PulumiFn | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Laid over the configuration of a pull request's or a local stack. */
  readonly config?: Readonly<Record<string, ConfigValue>> | undefined;
}

/** An opened stack of this project and, when it is local, the cloud it lives in. */
export interface StackSession {
  readonly stack: EnvironmentStack;
  readonly localCloud: LocalCloud | undefined;
  /** Management API and token the stack is made with; undefined where SUPABASE_ACCESS_TOKEN is not set. */
  readonly platform: Management | undefined;
}

let engine: Promise<Engine> | undefined;

/** The engine of this process, asked for its version once. */
function engineOfProcess(options: SessionOptions): Promise<Engine> {
  engine ??= resolveEngine({ onProgress: (text) => options.onProgress?.({ kind: "line", text }) });
  engine.catch(() => {
    engine = undefined;
  });
  return engine;
}

/** The stack whose settings file of this project counts for a stack. @throws RefusedError where there is none */
async function knownBase(stack: string): Promise<string> {
  const files = await readdir(projectRoot);
  const known = files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
  const base = settingsStackOf(stack);
  if (known.includes(base)) return base;
  throw new RefusedError({
    attempted: `Opening stack "${stack}"`,
    answered: `there is no Pulumi.${stack}.yaml; known stacks: ${known.join(", ")}`,
    next: `Name one of those, or add Pulumi.${stack}.yaml.`,
  });
}

/**
 * Opens a stack of this project. A local one gets a running local cloud, the token of its own organization and the
 * keys of the catalog hand-off. @throws RefusedError for a stack that is not known, listing those there are.
 */
export async function openSession(options: SessionOptions): Promise<StackSession> {
  const base = await knownBase(options.stack);
  const { stack, onProgress, cloud = "local" } = options;
  // Its version is asked for while the cloud is.
  const engine = engineOfProcess(options);
  const program = options.program ?? (await import("../../index.ts")).default;
  const dataDir = options.dataDir ?? defaultDataDir();
  const ofBase = isPullRequestStack(stack) ? previewConfig(await committedConfig(base)) : {};
  if (cloud === "hosted") {
    const own = isPullRequestStack(stack)
      ? { settingsDir: join(dataDir, "hosted", stack), config: { ...ofBase, ...options.config }, ...hostedSecrets() }
      : {};
    const opened = openStack({ stack, cloud, program, onProgress, engine: await engine, ...own });
    return { stack: await opened, localCloud: undefined, platform: hostedPlatform() };
  }
  const localCloud = await openLocalCloud({ dataDir, onProgress: (text) => onProgress?.({ kind: "line", text }) });
  const organization = organizationOf(localCloud, stack);
  const handOff = await handOffSettings({ dataDir, role: options.config?.catalog ?? (await catalogRole(stack)) });
  const [changed, ref] = await Promise.all([readStackSettings({ dataDir, stack }), withoutHostedRef(options)]);
  const { endpoint } = localCloud;
  return {
    localCloud,
    platform: { endpoint, token: organization.token },
    stack: await openStack({
      stack,
      cloud,
      program,
      dataDir,
      onProgress,
      engine: await engine,
      config: {
        ...ofBase,
        ...ref,
        organizationId: organization.slug,
        ...handOff.config,
        ...changed,
        ...options.config,
      },
      secretConfig: handOff.secretConfig,
      keptSecrets: KEPT_SECRETS,
      env: { SUPABASE_API_ENDPOINT: endpoint, SUPABASE_ACCESS_TOKEN: organization.token },
    }),
  };
}

/**
 * Opens a stack for `work`. One that opening made, and that holds nothing afterwards, is forgotten again: a refusal, a no or a
 * look leaves nothing behind.
 */
export async function withSession<Result>(
  options: SessionOptions,
  work: (session: StackSession) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(options);
  const { stack } = session;
  try {
    return await work(session);
  } finally {
    if (stack.isNew && (await stack.resources()).length === 0) await stack.remove();
  }
}

/** Secrets of a local stack that `npm run local -- adopt` sets. */
const KEPT_SECRETS = ["databasePassword"];

/** The project that a committed file names to be adopted is a hosted one: the local stack of that name has its own. */
async function withoutHostedRef({ stack, onProgress }: SessionOptions): Promise<Record<string, ConfigValue>> {
  const { name: project } = await readProject(projectRoot);
  const ref = (await committedConfig(settingsStackOf(stack)))[`${project}:ref`];
  if (!ref || isPullRequestStack(stack)) return {};
  onProgress?.({
    kind: "line",
    text: `Left out of local stack ${stack}, as it names a hosted project: ${project}:ref`,
  });
  return { ref: "" };
}

async function catalogRole(stack: string): Promise<unknown> {
  return (await committedConfig(settingsStackOf(stack)))["tailfire:catalog"];
}

/** The configuration in Pulumi.STACK.yaml. */
export async function committedConfig(stack: string): Promise<Record<string, ConfigValue>> {
  const text = await readFile(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");
  const settings: { config?: Record<string, ConfigValue> } | null = parse(text);
  return settings?.config ?? {};
}

/** Settings that name one project: a pull request's stack would adopt, and later delete, that of everybody. */
const ofOneProject = ["ref", "databasePassword", "projectName", "replaceProject", "protect"];

/** What the stack of a pull request takes over from the committed configuration of `preview`. */
export function previewConfig(committed: Readonly<Record<string, ConfigValue>>): Record<string, ConfigValue> {
  const entries = Object.entries(committed);
  return Object.fromEntries(entries.filter(([key]) => !ofOneProject.includes(key.slice(key.indexOf(":") + 1))));
}
