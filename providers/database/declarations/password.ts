import { z } from "zod";
import type { Declaration, OutputsOf } from "../../host/declaration.ts";

const inputs = z.object({
  length: z
    .number()
    .int()
    .min(16)
    .max(128)
    .default(32)
    .describe("Characters, each a letter or a digit. Default 32, at least 16."),
  generation: z.number().int().min(1).default(1).describe("Raise it by one for a new password. Default 1."),
});

export const passwordDeclaration = {
  token: "database:index:Password",
  description: "A generated password, kept in the state. Letters and digits only, so that nothing has to escape it.",
  inputs,
  outputs: {
    result: z.string().meta({ description: "The password. A secret.", secret: true }),
  },
} satisfies Declaration;

export type Inputs = z.infer<typeof inputs>;
export type Outputs = OutputsOf<typeof passwordDeclaration>;
