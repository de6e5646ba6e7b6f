import { z } from "zod";
import type { Declaration, OutputsOf } from "../../host/declaration.ts";
import { projectRef } from "../config/project-ref.ts";

/** Bounds: `CreateApiKeyBody` of the API's description. */
const inputs = z.strictObject({
  projectRef: projectRef.meta({
    description: "Ref of the project. Changing it replaces the resource.",
    replaces: true,
  }),
  name: z
    .string()
    .min(4)
    .max(64)
    .regex(/^[a-z_][a-z0-9_]+$/, "expected lower-case letters, digits and _, not beginning with a digit")
    .describe("4 to 64 lower-case letters, digits and `_`; unique among the keys of its type."),
  type: z
    .enum(["publishable", "secret"])
    .default("secret")
    .meta({ description: "Default: secret. Changing it replaces the key.", replaces: true }),
  description: z.string().optional().describe("For people."),
});

export const apikeyDeclaration = {
  token: "supabase:index/apikey:Apikey",
  description: "A publishable or secret key of a project. Deleting it makes it invalid.",
  inputs,
  outputs: {
    apiKey: z.string().meta({ description: "The key itself. A secret.", secret: true }),
    secretJwtTemplate: z
      .object({ role: z.string().describe("The role.") })
      .optional()
      .describe("Role that a secret key acts as."),
  },
} satisfies Declaration;

export type Inputs = z.infer<typeof inputs>;
export type Outputs = OutputsOf<typeof apikeyDeclaration>;
