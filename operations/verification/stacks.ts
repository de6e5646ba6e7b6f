import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import type { Progress } from "../../engine/events.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack, type StackOptions } from "../../engine/stack.ts";
import type { Management } from "../../providers/management/access.ts";
import type { Rotation, RotationStore } from "../rotation/store.ts";
import { projectName } from "./name.ts";
import { verifyFolder } from "./sweep.ts";

/** One run: its stacks share a folder, a passphrase that is never written down, and the key of the hand-off. */
export interface Run {
  readonly id: string;
  readonly platform: Management;
  readonly organization: string;
  readonly region: string;
  /** Opens an environment, with the generation of the reader that {@link rotation} holds. */
  open(environment: "prod" | "preview"): Promise<EnvironmentStack>;
  /** Opens a stack with another program. */
  openOther(name: string, program: PulumiFn): Promise<EnvironmentStack>;
  readonly rotation: RotationStore;
}

/** Prepares the folder of a run. The stacks are opened as hosted ones are, with a state backend of their own in it. */
export async function prepareRun(options: {
  readonly id: string;
  readonly platform: Management;
  readonly organization: string;
  readonly region: string;
  readonly connection: string;
  readonly loginRole: boolean;
  readonly dataDir: string;
  readonly onProgress: (progress: Progress) => void;
}): Promise<Run> {
  const { id, platform, organization, region, connection, loginRole, onProgress } = options;
  const folder = join(verifyFolder(options.dataDir), id);
  const state = join(folder, "state");
  await mkdir(state, { recursive: true, mode: 0o700 });
  const identity = await generateX25519Identity();
  const recipients = await identityToRecipient(identity);
  const env = {
    SUPABASE_ACCESS_TOKEN: platform.token,
    SUPABASE_API_ENDPOINT: platform.endpoint,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  const { default: program } = await import("../../index.ts");
  const common = {
    organizationId: organization,
    region,
    connection,
    credentials: loginRole ? "login-role" : "password",
    handOffConnection: connection,
    handOffPath: join(folder, "catalog-reader.age"),
    protect: false,
  };
  let rotation: Rotation = { generation: 1, previousRetired: false };
  const openIn = (stack: string, more: Pick<StackOptions, "program" | "config" | "secretConfig">) => {
    const settingsDir = join(folder, stack);
    return openStack({ stack: `verify-${stack}`, cloud: "hosted", settingsDir, env, onProgress, ...more });
  };
  return {
    id,
    platform,
    organization,
    region,
    open(name) {
      const config = { ...common, projectName: projectName(id, name) };
      const { generation: readerGeneration, previousRetired: retirePreviousReader } = rotation;
      const publisher = { catalog: "publish", handOffRecipients: recipients, readerGeneration, retirePreviousReader };
      return name === "prod"
        ? openIn(name, { program, config: { ...config, ...publisher } })
        : openIn(name, {
            program,
            config: { ...config, catalog: "subscribe" },
            secretConfig: { handOffIdentity: identity },
          });
    },
    openOther: (name, other) => openIn(name, { program: other, config: { ...common, catalog: "standalone" } }),
    rotation: {
      read: async () => rotation,
      write: async (next) => {
        rotation = next;
      },
    },
  };
}
