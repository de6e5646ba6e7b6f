import { z } from "zod";
import type { Declaration, OutputsOf } from "../../host/declaration.ts";

const text = (what: string) => z.string(`${what} must be a string`).min(1, `${what} must not be empty`);

const reader = z.object({
  host: text("the host").describe("Host name or address."),
  port: z
    .number()
    .int()
    .min(1)
    .max(65_535)
    .refine((port) => port !== 6543, "6543 is the transaction pooler; use 5432, direct or session pooler")
    .describe("Port; that of the transaction pooler is refused."),
  database: text("the database's name").describe("Name of the database."),
  user: text("the user").describe("Role to log in as."),
  password: text("the password").describe("Its password."),
  sslmode: z
    .enum(["disable", "prefer", "require", "verify-ca", "verify-full"])
    .default("require")
    .describe("Default `require`."),
  serverName: z.string().min(1).optional().describe("Name in the server's certificate, where it is not `host`."),
  allowedFrom: z
    .array(z.string())
    .optional()
    .describe(
      "Ranges the publisher's network restrictions admit; none or left out where everybody is, or nothing is known.",
    ),
});

const inputs = z.object({
  path: text("the path").describe(
    "Path of the file; a relative one starts at the folder of the program. A change moves it.",
  ),
  recipients: z
    .array(z.string().regex(/^age1[a-z0-9]{58}$/, "expected an age public key (age1...)"))
    .min(1, "name the public key of at least one reader")
    .describe("age public keys (age1...) of those who may open it."),
  reader: reader.meta({ description: "How a reader reaches the database. A secret.", secret: true }),
});

export const handOffDeclaration = {
  token: "database:index:HandOff",
  description:
    "A file that tells others how to reach a database, age-encrypted for their keys. `openHandOff` opens it.",
  inputs,
  outputs: {
    sealed: z
      .string()
      .describe("The content of the file, for those who carry it elsewhere. Not a secret: it is encrypted."),
    sha256: z.string().describe("SHA-256 of the file, in hexadecimal."),
    fileMatches: z.boolean().describe("False when the file was found to be another than the one written."),
  },
} satisfies Declaration;

export type Inputs = z.infer<typeof inputs>;
export type Outputs = OutputsOf<typeof handOffDeclaration>;
