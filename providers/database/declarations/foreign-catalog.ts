import { z } from "zod";
import type { Declaration } from "../../host/declaration.ts";

const name = z.string().min(1);

const inputs = z.object({
  projectRef: name.meta({
    description: "Project whose database reads the catalog; a change replaces the resource.",
    replaces: true,
  }),
  server: name.default("prod_catalog").meta({
    description: "Name of the foreign server. Default `prod_catalog`. A change replaces the resource.",
    replaces: true,
  }),
  remoteSchema: name
    .default("catalog")
    .describe("Schema of the tables in the publisher's database. Default `catalog`."),
  localSchema: name.default("catalog").meta({
    description: "Schema of the foreign tables here. Default `catalog`. A change replaces the resource.",
    replaces: true,
  }),
  tables: z.array(name).min(1, "name the tables to publish").describe("Names of the tables, at least one."),
  user: name.describe("The reader's login in the publisher's database; through a session pooler LOGIN.REF."),
  vaultSecret: name.describe("Name of the Vault secret with that login's password."),
  secretRevision: z.string().optional().describe("Revision of that secret; a change writes the mappings again."),
  roles: z
    .array(name)
    .min(1)
    .default(["postgres", "service_role", "authenticated"])
    .describe(
      "Roles that read the catalog; each gets a mapping and SELECT. Default postgres, service_role, authenticated.",
    ),
  options: z
    .record(z.string(), z.coerce.string())
    .describe("Options of the server, such as host, port, dbname, sslmode. Never credentials."),
  allowedFrom: z
    .array(z.string())
    .default([])
    .describe(
      "Ranges the publisher's network restrictions admit, as its hand-off says. A connection that fails is explained with them. Default none: everybody is admitted, or nothing is known.",
    ),
  timeoutSeconds: z
    .number()
    .positive()
    .default(10)
    .describe("How long the publisher may take to answer one probe. Default 10 s."),
});

export const foreignCatalogDeclaration = {
  token: "database:index:ForeignCatalog",
  description:
    "A schema of another database as foreign tables: server, mappings, tables and grants, kept in step with the publisher. Tables are altered in place, so that what depends on them stays; a difference that would break it is refused.",
  inputs,
  outputs: {
    differences: z
      .array(z.string())
      .describe("What was found not to be as it should, in words; empty after an update."),
    probes: z.record(z.string(), z.string()).optional().describe("Per role `ok`, or why it cannot read the catalog."),
    withheld: z
      .array(z.string())
      .optional()
      .describe("What the publisher keeps from its reader (rows, tables), in words; only the publisher can change it."),
  },
} satisfies Declaration;

export type Inputs = z.infer<typeof inputs>;
