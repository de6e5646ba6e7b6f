import type { StateResource } from "../../engine/backend.ts";
import type { ProjectInputs } from "../../providers/supabase/declarations/project.ts";

/** The engine's mark of a secret in an export with secrets shown; source: pulumi/pulumi, resource/properties.go. */
const SIGNATURE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

const secret = (value: unknown) => ({ ...SIGNATURE, plaintext: JSON.stringify(value) });

/** The database of a branch, by attribute and type; source: docs/schema.json of supabase/terraform-provider-supabase. */
export const BRANCH_DATABASE = {
  host: "string",
  id: "string",
  jwtSecret: "string",
  password: "string",
  port: "number",
  status: "string",
  user: "string",
  version: "string",
};

/** Tokens and the properties that the bridged provider requires, or answers, for each. */
export function namesOfBridged(): { type: string; names: string[] }[] {
  return [
    { type: "supabase:index/branch:Branch", names: ["parentProjectRef", "gitBranch", "persistent", "database"] },
    { type: "supabase:index/project:Project", names: ["organizationId", "name", "databasePassword", "region"] },
    { type: "supabase:index/settings:Settings", names: ["projectRef", "auth", "api"] },
    { type: "supabase:index/apikey:Apikey", names: ["projectRef", "name", "apiKey", "type", "secretJwtTemplate"] },
    {
      type: "supabase:index/edgeFunctionSecrets:EdgeFunctionSecrets",
      names: ["projectRef", "secrets", "secretDigests"],
    },
  ];
}

/** An export of a stack made with the bridged provider: its tokens, property names and bookkeeping (`__meta`). */
export function bridgedState(options: {
  stack: string;
  ref: string;
  inputs: ProjectInputs;
  auth: object;
  key: { id: string; apiKey: string };
  branch: { id: string; gitBranch: string; database: object };
}): { resources: StateResource[] } {
  const { stack, ref, inputs, auth, key, branch } = options;
  const urn = (type: string, name: string) => `urn:pulumi:${stack}::trial::${type}::${name}`;
  const root = urn("pulumi:pulumi:Stack", `trial-${stack}`);
  const id = "5f1b1c1e-8b0f-4f2a-9a3e-2f6a1d4c7b90";
  const provider = { urn: urn("pulumi:providers:supabase", "default_1_10_0"), type: "pulumi:providers:supabase", id };
  const custom = (type: string, name: string, of: { id: string; inputs: object; outputs: object }) => ({
    urn: urn(type, name),
    type,
    custom: true,
    parent: root,
    provider: `${provider.urn}::${id}`,
    id: of.id,
    inputs: { ...of.inputs, __defaults: [] },
    outputs: { id: of.id, ...of.inputs, ...of.outputs, __meta: '{"schema_version":"0"}' },
  });
  const password = secret(inputs.databasePassword);
  const settings = { projectRef: ref, auth: JSON.stringify(auth), api: JSON.stringify({ max_rows: 77 }) };
  const apikey = { projectRef: ref, name: "worker", description: "for jobs" };
  const functionSecrets = { projectRef: ref, secrets: secret([{ name: "ONE", value: "1" }]) };
  return {
    resources: [
      { urn: root, type: "pulumi:pulumi:Stack", custom: false, outputs: { ref } },
      { ...provider, custom: true, outputs: { version: "1.10.0" } },
      custom("supabase:index/project:Project", "main", {
        id: ref,
        inputs: { ...inputs, databasePassword: password },
        outputs: { instanceSize: "nano", legacyApiKeysEnabled: true },
      }),
      custom("supabase:index/settings:Settings", "main", { id: ref, inputs: settings, outputs: {} }),
      custom("supabase:index/branch:Branch", "feature", {
        id: branch.id,
        inputs: { parentProjectRef: ref, gitBranch: branch.gitBranch },
        outputs: { persistent: false, database: secret(branch.database) },
      }),
      custom("supabase:index/apikey:Apikey", "worker", {
        id: key.id,
        inputs: apikey,
        outputs: { apiKey: secret(key.apiKey), type: "secret", secretJwtTemplate: { role: "service_role" } },
      }),
      custom("supabase:index/edgeFunctionSecrets:EdgeFunctionSecrets", "main", {
        id: ref,
        inputs: functionSecrets,
        outputs: { secretDigests: {} },
      }),
    ],
  };
}
