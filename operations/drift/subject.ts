import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import type { Deployment, StateResource } from "../../engine/backend.ts";
import { declaredConfiguration, deployedConfiguration } from "../../engine/configuration.ts";
import { RefusedError } from "../../engine/error.ts";
import { type Progress, resourceLabel } from "../../engine/events.ts";
import type { Cloud } from "../../engine/guard.ts";
import type { FoundStack } from "../../engine/list.ts";
import { defaultCacheDir, defaultDataDir, migrationsFolder } from "../../engine/paths.ts";
import { isPlumbing } from "../../engine/reporter.ts";
import type { StackOutputs } from "../../engine/result.ts";
import { DEFAULT_READER, loginsOf } from "../../names/reader.ts";
import { type DatabaseLogin, loginOf } from "../session/login.ts";
import { openSession, type SessionOptions, type StackSession } from "../session/session.ts";
import { shadowPlatform } from "../shadow/platform-name.ts";
import { askAdvisors } from "./advisors.ts";
import { askLegacyKeys, recordedLegacyKeys } from "./api-keys.ts";
import { busyQuestion } from "./busy.ts";
import type { Advice } from "./core/layers/advisors.ts";
import type { ResourceView } from "./core/layers/resources.ts";
import type { Home } from "./core/layers/security.ts";
import { catalogSecrets } from "./core/secrets.ts";
import type { Subject } from "./core/subject.ts";
import { previewOpening } from "./preview.ts";
import { projectShadow, type ShadowKind } from "./shadow.ts";

const READERS = [DEFAULT_READER, ...loginsOf(DEFAULT_READER)];

/** Whether anything is deployed. */
export function isDeployed(state: Deployment | undefined): boolean {
  return (state?.resources ?? []).some(({ custom }) => custom === true);
}

/** A stack as the check looks at it. @throws RefusedError for a stack that was never deployed. */
export async function openSubject(options: {
  readonly stack: string;
  /** Undefined where the backend has no such stack. */
  readonly found: Partial<FoundStack> | undefined;
  readonly project: string;
  readonly cloud: Cloud;
  /** Default: the program of this project, or of a pull request's preview. */
  readonly program?: PulumiFn | undefined;
  /** Default: as every command opens it. */
  readonly open?: ((session: SessionOptions) => Promise<Pick<StackSession, "stack" | "platform">>) | undefined;
}): Promise<Subject> {
  const { stack, found, project, cloud, open = openSession } = options;
  const readState = found?.readState;
  const state = await readState?.();
  // Opening it would make it.
  if (!readState || !isDeployed(state)) {
    throw new RefusedError({
      attempted: `Checking stack ${stack}`,
      answered: "nothing of it is deployed",
      next: `npm run up -- ${stack} deploys it.`,
    });
  }
  const remarks: { resource: string; text: string }[] = [];
  const onProgress = (progress: Progress) => {
    if (progress.kind === "message" && progress.resource) {
      remarks.push({ resource: progress.resource, text: progress.text.replace(/^[^:]+: /, "") });
    }
  };
  const opening = previewOpening(state, async () => loginOf(await outputs()));
  const { program = options.program, config, shadow = projectShadow } = opening ?? {};
  const session = await open({ stack, cloud, onProgress, program, config });
  let read: Promise<StackOutputs> | undefined;
  const outputs = () => {
    read ??= session.stack.outputs({ showSecrets: true });
    return read;
  };
  const target = async (): Promise<DatabaseLogin> => loginOf(await outputs());
  return {
    stack,
    busy: busyQuestion({ stack, project, cloud, dataDir: defaultDataDir(), readState, target }),
    target,
    async resources(): Promise<ResourceView> {
      const [{ steps }, recorded] = await Promise.all([
        session.stack.preview({ refresh: true, readOnly: true }),
        session.stack.resources(),
      ]);
      return {
        remarks,
        recorded: recorded.map(({ urn }) => resourceLabel(urn)),
        protection: recorded.flatMap(otherwiseProtected),
        steps: steps
          .filter((step) => !isPlumbing(step))
          .map(({ urn, op, differences }) => ({ resource: resourceLabel(urn), op, differences })),
      };
    },
    settings: () => settingsOf(session.stack),
    async secrets() {
      // A stack without outputs has shown none.
      const own = await outputs().then(secretsOf, () => []);
      const reader = await target().then(catalogSecrets, () => []);
      return [...own, ...reader];
    },
    advice: async () => adviceFor(loginOf(await outputs()), session),
    async legacyKeys() {
      const recorded = recordedLegacyKeys(state);
      const { platform } = session;
      if (recorded === undefined || !platform) return { recorded, live: undefined };
      return { recorded, live: await askLegacyKeys({ ...platform, ref: loginOf(await outputs()).ref }) };
    },
    folder: migrationsFolder,
    readers: READERS,
    shadow: shadow.make,
    platform: await shadowPlatform(),
    home: homeOf(cloud, shadow),
    cacheFolder: join(defaultCacheDir(), "drift", shadow.name),
  };
}

async function adviceFor(
  { ref, database }: ReturnType<typeof loginOf>,
  { platform }: Pick<StackSession, "platform">,
): Promise<Advice> {
  if (database !== "postgres") return { notAsked: `they look at the database postgres, and this is ${database}` };
  return platform ? askAdvisors({ ...platform, ref }) : { notAsked: "SUPABASE_ACCESS_TOKEN is not set" };
}

async function settingsOf(stack: StackSession["stack"]): ReturnType<Subject["settings"]> {
  const [declared, deployed] = await Promise.all([declaredConfiguration(stack), deployedConfiguration(stack)]);
  return { declared, deployed };
}

/** A resource that records whether its program protects it, where the engine does otherwise. */
function otherwiseProtected({ urn, protect = false, outputs }: StateResource): ResourceView["protection"] {
  const declared = outputs?.protected;
  return typeof declared !== "boolean" || declared === protect
    ? []
    : [{ resource: resourceLabel(urn), isProtected: protect }];
}

function homeOf(cloud: Cloud, shadow: ShadowKind): Home {
  if (cloud === "local") return "local";
  return shadow.name === projectShadow.name ? "hosted" : "database";
}

/** Every text inside the outputs that are secret. */
function secretsOf(outputs: StackOutputs): string[] {
  const texts = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
  };
  return Object.values(outputs).flatMap(({ value, secret }) => (secret ? texts(value) : []));
}
