import { z } from "zod";
import type { Declaration, OutputsOf } from "../../host/declaration.ts";

const inputs = z.object({
  projectRef: z
    .string()
    .min(1)
    .meta({ description: "Project whose database holds the secret; a change replaces it.", replaces: true }),
  name: z.string().min(1).meta({
    description: "Name in the Vault; a change replaces it. An existing secret of that name is adopted.",
    replaces: true,
  }),
  value: z.string().min(1, "a Vault secret must not be empty").meta({
    description: "What is stored. It travels as a bind parameter and is compared inside the database.",
    secret: true,
  }),
  description: z.string().default("").describe("Default empty."),
});

export const vaultSecretDeclaration = {
  token: "database:index:VaultSecret",
  description: "A named secret in the Vault of a project's database.",
  inputs,
  outputs: {
    secretId: z.string().describe("Its `id` in `vault.secrets`."),
    revision: z
      .string()
      .describe("When the Vault last changed it (ISO 8601). Changes with the value; says nothing about it."),
    valueMatches: z.boolean().describe("False when the Vault was found to hold another value than the one recorded."),
  },
} satisfies Declaration;

export type Inputs = z.infer<typeof inputs>;
export type Outputs = OutputsOf<typeof vaultSecretDeclaration>;
