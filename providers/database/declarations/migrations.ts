import { z } from "zod";
import { ROW_DROPPING_SWITCHES } from "../../../names/discards.ts";
import type { Declaration, OutputsOf } from "../../host/declaration.ts";

const seconds = z.number().min(0).optional();

const inputs = z.object({
  projectRef: z
    .string()
    .min(1)
    .meta({ description: "Project whose database is migrated; a change replaces the resource.", replaces: true }),
  folder: z
    .string()
    .min(1, "the folder must not be empty")
    .describe(
      "Drizzle's folder with `meta/_journal.json`; a relative path starts at the folder of the program. A change of the path alone is no change.",
    ),
  settings: z
    .record(z.string(), z.json())
    .default({})
    .describe(
      "Settings written to `environment.settings` before the first migration, for migrations to branch on. Values are JSON and are shown in previews: never a secret. Default none.",
    ),
  migrations: z
    .record(z.string(), z.string())
    .default({})
    .describe("Hash by tag: what the folder holds, as found in the ledger. The provider fills it."),
  discardCatalogRows: z
    .enum(ROW_DROPPING_SWITCHES)
    .optional()
    .describe(
      "The yes to a switch of the setting `catalog` that drops rows, naming it: `local-to-foreign`, `snapshot-to-foreign` or `local-to-snapshot`. Without it such a switch is refused while the tables hold rows.",
    ),
  lockTimeoutSeconds: seconds.describe(
    "How long a statement may wait for a table lock before it gives way and is tried again. Default 2 s; 0 waits.",
  ),
  statementTimeoutSeconds: seconds.describe("How long a statement may run. Default 600 s; 0 is no limit."),
  lockWaitSeconds: seconds.describe("How long to wait for another run of the migrations to end. Default 60 s."),
  tokenHook: z
    .string()
    .regex(/^[^.]+\.[^.]+$/, "expected SCHEMA.FUNCTION")
    .optional()
    .describe(
      "Function that adds claims to access tokens, as `SCHEMA.FUNCTION`. Behind the migrations it is looked at: it has to be there, to be executable by `supabase_auth_admin`, and to answer an event; else they fail, and what depends on them, such as the `AuthSettings` that switch it on, stays as it is. A change of it alone is no change. Default none.",
    ),
});

export const migrationsDeclaration = {
  token: "database:index:Migrations",
  description:
    "The migrations of a folder, applied to a database. The diff names what is pending, edited or unknown. Deleting it changes nothing in the database: a schema goes with its project.",
  inputs,
  outputs: {
    applied: z
      .array(
        z.object({
          tag: z.string().describe("Name of the migration."),
          hash: z.string().describe("SHA-256 of its file, in hexadecimal."),
        }),
      )
      .describe("What the ledger holds, in the order of the journal."),
    ledgerRows: z.int().describe("Rows of the ledger, accepted ones of other checkouts included."),
  },
} satisfies Declaration;

export type Inputs = z.infer<typeof inputs>;
export type Outputs = OutputsOf<typeof migrationsDeclaration>;
