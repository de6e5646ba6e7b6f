import { z } from "zod";
import { DEFAULT_READER } from "../../../names/reader.ts";
import type { Declaration, OutputsOf } from "../../host/declaration.ts";

// Supabase keeps these for itself, and refuses to have them altered. Source: supautils.reserved_roles.
const RESERVED =
  /^(pg_|supabase_|cli_login_|pgsodium_|pgtle_)|^(postgres|anon|authenticated|authenticator|service_role|dashboard_user|pgbouncer|public|none)$/;

const seconds = z.number().min(0);

const inputs = z.object({
  projectRef: z
    .string()
    .min(1)
    .meta({ description: "Project whose database is read; a change replaces the role.", replaces: true }),
  name: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,60}$/, "expected lower-case letters, digits and _, 61 at most")
    .refine((name) => !RESERVED.test(name), "this name is the platform's own")
    .default(DEFAULT_READER)
    .meta({
      description:
        "Name of the NOLOGIN group that holds the grants; its logins are NAME_a and NAME_b. Default `fdw_catalog_ro`. An existing login of that name is turned into the group. A change replaces the role.",
      replaces: true,
    }),
  schema: z.string().min(1).default("catalog").meta({
    description: "The one schema it may read. Default `catalog`. A change replaces the role.",
    replaces: true,
  }),
  generation: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe(
      "Odd generations use NAME_a, even ones NAME_b. Raise it by one to rotate; the other login stays valid. Default 1.",
    ),
  connectionLimit: z
    .number()
    .int()
    .min(1)
    .default(30)
    .describe(
      "Connections each login may hold at once. Default 30: half of what the smallest hosted size accepts, so that previews never take Production's own.",
    ),
  statementTimeoutSeconds: seconds
    .default(60)
    .describe("Default of a session, which the reader can change for itself, as with the ones below. Default 60 s."),
  idleInTransactionTimeoutSeconds: seconds
    .default(60)
    .describe("How long an open transaction that does nothing may hold back vacuum. Default 60 s."),
  idleSessionTimeoutSeconds: seconds.default(300).describe("After which an unused connection ends. Default 300 s."),
  lockTimeoutSeconds: seconds.default(5).describe("Default 5 s."),
  transactionTimeoutSeconds: seconds
    .default(600)
    .describe("How long any transaction may hold back vacuum, busy or not. PostgreSQL 17 and later. Default 600 s."),
  retirePrevious: z
    .boolean()
    .default(false)
    .describe(
      "Takes the right to log in from the other login, ends its idle sessions, and drops it once its last query has ended. Set it once no role is mapped to that one any more, never together with a new generation. Default false.",
    ),
});

export const readerRoleDeclaration = {
  token: "database:index:ReaderRole",
  description: "A role that can read one schema and nothing else, with a generated password.",
  inputs,
  outputs: {
    user: z.string().describe("The login of this generation."),
    password: z.string().meta({ description: "Its password, proven by logging in. A secret.", secret: true }),
    passwordAccepted: z.boolean().describe("False when the server was found to refuse the password."),
    previousUser: z.string().describe("The other login while it may still log in, else empty."),
    differences: z
      .array(z.string())
      .describe("What was found not to be as it should, in words; empty after an update."),
    beyondReach: z
      .array(z.string())
      .describe(
        "What keeps tables or rows from the reader and is not this role's to change, in words with the way out: tables and policies of other owners, restrictive policies, tables of which the reader counts fewer rows than there are.",
      ),
    beyondSelect: z
      .array(z.string())
      .describe("What the login may do beyond SELECT in the schema, in words; privileges of PUBLIC, mostly."),
    allowedFrom: z
      .array(z.string())
      .describe(
        "Ranges the project's network restrictions admit, as the Management API says; none where everybody is admitted, or where nothing is known. For `HandOff`: subscribers cannot ask.",
      ),
  },
} satisfies Declaration;

export type Inputs = z.infer<typeof inputs>;
export type Outputs = OutputsOf<typeof readerRoleDeclaration>;
