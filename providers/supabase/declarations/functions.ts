import { z } from "zod";
import type { FunctionDeclaration } from "../../host/declaration.ts";
import { branchDatabase, connection } from "./connection.ts";

const ref = z.string().regex(/^[a-z]{20}$/, "expected 20 lower-case letters");
const projectRef = ref.describe("Project ref.");
const id = z.string().describe("Identifies the answer.");
const ofProject = z.strictObject({ projectRef });

export const getPoolerDeclaration = {
  token: "supabase:index/getPooler:getPooler",
  description: "Reads the connection strings of a project's poolers. Empty while the platform sets them up.",
  inputs: ofProject,
  outputs: z.object({
    id,
    projectRef,
    url: z
      .record(z.string(), z.string())
      .describe(
        "Connection string per pooler mode (`transaction`, `session`), with `[YOUR-PASSWORD]` in the password's place.",
      ),
  }),
} satisfies FunctionDeclaration;

const legacyKey = (name: string) =>
  z
    .string()
    .optional()
    .meta({ description: `Legacy key \`${name}\`; absent where legacy keys are not in use.`, secret: true });

const secretKey = z
  .object({
    name: z.string().describe("Name of the key."),
    apiKey: z.string().optional().describe("The key itself."),
  })
  .meta({ typeName: "SecretKey" });

export const getApikeysDeclaration = {
  token: "supabase:index/getApikeys:getApikeys",
  description:
    "Reads the API keys of a project. The answer holds secrets in clear: the form for outputs keeps them secret in state.",
  inputs: ofProject,
  outputs: z.object({
    id,
    projectRef,
    anonKey: legacyKey("anon"),
    serviceRoleKey: legacyKey("service_role"),
    publishableKey: z
      .string()
      .optional()
      .meta({ description: "First publishable key; absent where there is none.", secret: true }),
    secretKeys: z.array(secretKey).meta({ description: "All secret keys.", secret: true }),
  }),
} satisfies FunctionDeclaration;

export const getProjectDeclaration = {
  token: "supabase:index/getProject:getProject",
  description: "Reads a project as it is now. Fails when the token sees none.",
  inputs: ofProject,
  outputs: z.object({
    id,
    projectRef,
    organizationId: z.string().describe("Slug of its organization."),
    name: z.string().describe("Name."),
    region: z.string().describe("Region code."),
    status: z.string().describe("Status as the platform words it."),
    createdAt: z.string().describe("ISO 8601."),
    directConnection: connection.describe("The database's own address."),
    sessionPooler: connection.optional().describe("Absent while the platform sets it up."),
    transactionPooler: connection.optional().describe("Absent while the platform sets it up."),
  }),
} satisfies FunctionDeclaration;

const organization = z
  .object({
    id: z.string().describe("Id, as the API has it."),
    slug: z.string().describe("What a project's `organizationId` takes."),
    name: z.string().describe("Name, for people."),
  })
  .meta({ typeName: "Organization" });

export const getOrganizationsDeclaration = {
  token: "supabase:index/getOrganizations:getOrganizations",
  description: "The organizations that the token sees.",
  inputs: z.strictObject({}),
  outputs: z.object({ id, organizations: z.array(organization).describe("In the order of the API.") }),
} satisfies FunctionDeclaration;

const branch = z
  .object({
    id: z.string().describe("Id of the branch."),
    name: z.string().describe("Name."),
    gitBranch: z.string().describe("Git branch it stands for."),
    projectRef: z.string().describe("Ref of the project that the branch is."),
    persistent: z.boolean().describe("Whether it outlives its pull request."),
    status: z.string().describe("What the branch last ran through, as the platform words it."),
    database: branchDatabase.describe("Its database."),
  })
  .meta({ typeName: "BranchSummary" });

const parentProjectRef = ref.describe("Ref of the project that was branched.");

export const getBranchDeclaration = {
  token: "supabase:index/getBranch:getBranch",
  description:
    "The branches of a project besides its default one. The answer holds passwords: the form for outputs keeps them secret in state.",
  inputs: z.strictObject({ parentProjectRef }),
  outputs: z.object({
    id,
    parentProjectRef,
    branches: z.array(branch).meta({ description: "One for each branch.", secret: true }),
  }),
} satisfies FunctionDeclaration;

const service = z
  .object({
    name: z.string().describe("Name, such as `db`."),
    healthy: z.boolean().describe("Whether it answers."),
    status: z.string().describe("Status as the platform words it."),
    error: z.string().optional().describe("What it failed with."),
  })
  .meta({ typeName: "ServiceHealth" });

export const getHealthDeclaration = {
  token: "supabase:index/getHealth:getHealth",
  description: "Health of the services of a project, as the platform sees them.",
  inputs: z.strictObject({
    projectRef,
    services: z
      .array(z.string().regex(/^[a-z_]+$/))
      .min(1)
      .default(["db", "pooler"])
      .describe("Default: `db` and `pooler`."),
  }),
  outputs: z.object({
    id,
    projectRef,
    healthy: z.boolean().describe("Whether all of them are."),
    services: z.array(service).describe("One for each service."),
  }),
} satisfies FunctionDeclaration;
