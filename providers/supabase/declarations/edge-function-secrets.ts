import { z } from "zod";
import type { Declaration, OutputsOf } from "../../host/declaration.ts";
import { projectRef } from "../config/project-ref.ts";

/** Bounds: `CreateSecretBody` of the API's description. */
const secret = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(256)
    .regex(/^(?!SUPABASE_)/, "names that begin with SUPABASE_ are the platform's own")
    .describe("Name of the variable."),
  value: z.string().max(24_576).meta({ description: "Its value.", secret: true }),
});

const inputs = z.strictObject({
  projectRef: projectRef.meta({
    description: "Ref of the project. Changing it replaces the resource.",
    replaces: true,
  }),
  secrets: z
    .array(secret)
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
      message: "a name occurs more than once",
    })
    .meta({ description: "Names must not begin with `SUPABASE_`. A secret.", secret: true }),
});

export const edgeFunctionSecretsDeclaration = {
  token: "supabase:index/edgeFunctionSecrets:EdgeFunctionSecrets",
  description:
    "Environment variables of the functions of a project. Others that it has are left alone; deleting removes these.",
  inputs,
  outputs: {
    secretDigests: z.record(z.string(), z.string()).describe("What the API shows in the place of each value."),
  },
} satisfies Declaration;

export type Inputs = z.infer<typeof inputs>;
export type Outputs = OutputsOf<typeof edgeFunctionSecretsDeclaration>;
