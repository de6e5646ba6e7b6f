import { z } from "zod";

/** How to reach a database, without the password. */
export const connection = z
  .object({
    host: z.string().describe("Host name or address."),
    port: z.int().describe("Port."),
    user: z.string().describe("Role to log in as; on a pooler it carries the project ref (`postgres.REF`)."),
    database: z.string().describe("Name of the database."),
  })
  .meta({ typeName: "Connection" });

/** How the database of a branch is reached. */
export const branchDatabase = z
  .object({
    id: z.string().describe("Ref of the project that the branch is."),
    host: z.string().describe("Host name."),
    port: z.int().describe("Port."),
    user: z.string().optional().describe("Role to log in as."),
    password: z.string().optional().meta({ description: "Its password.", secret: true }),
    jwtSecret: z.string().optional().meta({ description: "What its legacy keys are signed with.", secret: true }),
    version: z.string().describe("Version of Postgres."),
    status: z.string().describe("Status as the platform words it."),
  })
  .meta({ typeName: "BranchDatabase" });
