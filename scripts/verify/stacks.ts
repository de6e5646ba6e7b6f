import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import type { Progress } from "../../engine/events.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack } from "../../engine/stack.ts";
import type { Platform } from "../management.ts";
import { projectName, type VerifyStack } from "./name.ts";
import { verifyFolder } from "./sweep.ts";

/** One run: its stacks share a folder, a passphrase that is never written down, and the key of the hand-off. */
export interface Run {
  readonly id: string;
  open(stack: VerifyStack): Promise<EnvironmentStack>;
}

/** Prepares the folder of a run. The stacks are opened as hosted ones are, with a state backend of their own in it. */
export async function prepareRun(options: {
  readonly id: string;
  readonly platform: Platform;
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
  return {
    id,
    open: (stack) =>
      openStack({
        stack: `verify-${stack}`,
        cloud: "hosted",
        program,
        settingsDir: join(folder, stack),
        config: {
          ...common,
          projectName: projectName(id, stack),
          ...(stack === "prod" ? { catalog: "publish", handOffRecipients: recipients } : { catalog: "subscribe" }),
        },
        secretConfig: stack === "preview" ? { handOffIdentity: identity } : {},
        env,
        onProgress,
      }),
  };
}
