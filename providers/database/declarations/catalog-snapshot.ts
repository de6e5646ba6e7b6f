import { z } from "zod";
import { ROW_DROPPING_SWITCHES } from "../../../names/discards.ts";
import type { Declaration, OutputsOf } from "../../host/declaration.ts";

const name = z.string().min(1);

const inputs = z.object({
  projectRef: name.meta({
    description: "Project whose database holds the copy; a change replaces the resource.",
    replaces: true,
  }),
  server: name
    .default("prod_catalog_snapshot")
    .describe("Name of the foreign server that exists while a copy is made. Default `prod_catalog_snapshot`."),
  remoteSchema: name
    .default("catalog")
    .describe("Schema of the tables in the publisher's database. Default `catalog`."),
  localSchema: name.default("catalog").meta({
    description: "Schema of the tables here, which migrations made. Default `catalog`. A change replaces the resource.",
    replaces: true,
  }),
  tables: z
    .array(name)
    .min(1, "name the tables to copy")
    .describe("Names of the tables to fill, at least one. One that is added is copied by itself."),
  user: name.describe("The reader's login in the publisher's database; through a session pooler LOGIN.REF."),
  vaultSecret: name.describe("Name of the Vault secret with that login's password."),
  options: z
    .record(z.string(), z.coerce.string())
    .describe("Options of the server, such as host, port, dbname, sslmode. Never credentials."),
  allowedFrom: z
    .array(z.string())
    .default([])
    .describe(
      "Ranges the publisher's network restrictions admit, as its hand-off says. A connection that fails is explained with them. Default none: everybody is admitted, or nothing is known.",
    ),
  generation: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe("Raise by one to copy everything again; rows of the copy before are replaced. Default 1."),
  discardCatalogRows: z
    .enum(ROW_DROPPING_SWITCHES)
    .optional()
    .describe("The yes to replacing rows that are no copy: `local-to-snapshot`. Without it they are refused."),
  timeoutSeconds: z
    .number()
    .positive()
    .default(10)
    .describe("How long the publisher may take to describe its tables. Default 10 s."),
  copyTimeoutSeconds: z
    .number()
    .positive()
    .default(600)
    .describe(
      "How long the copy of one table may take. Default 600 s, which is also what the publisher grants a transaction.",
    ),
});

export const catalogSnapshotDeclaration = {
  token: "database:index:CatalogSnapshot",
  description:
    "Tables filled once from another database: a catalog that stays when the publisher is down and that migrations of this environment may change. One transaction per table, taken up again after an interruption, swapped in when complete. The publisher is contacted while copying only; server, mapping and foreign tables are gone afterwards.",
  inputs,
  outputs: {
    takenAt: z.string().describe("When it was swapped in, ISO 8601."),
    rows: z.record(z.string(), z.number()).describe("Rows copied, by table."),
    unpublished: z.array(z.string()).describe("Tables that the publisher did not have."),
    notes: z.array(z.string()).describe("Where the publisher's tables have another shape than those here, in words."),
    differences: z
      .array(z.string())
      .describe("What was found not to be as it should, in words; empty after an update."),
  },
} satisfies Declaration;

export type Inputs = z.infer<typeof inputs>;
export type Outputs = OutputsOf<typeof catalogSnapshotDeclaration>;
