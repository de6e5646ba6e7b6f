import { z } from "zod";
import type { Declaration } from "../../host/declaration.ts";
import { INSTANCE_SIZES, REGIONS } from "../contract.ts";
import { connection } from "./connection.ts";

const DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

const DEFAULT_WAIT_MS = 15 * 60_000;

const duration = z
  .string()
  .refine((text) => text !== "" && DURATION.test(text), "expected a duration such as 90s, 10m or 1h30m");

/** Inputs of a project. Bounds: `V1CreateProjectBody` and `V1UpdatePasswordBody` of the API's description. */
export const projectInputs = z.strictObject({
  organizationId: z
    .string()
    .regex(/^[\w-]+$/, "expected the slug of an organization: letters, digits, _ and -")
    .meta({
      description:
        "Slug of the organization that owns the project. Changing it replaces the project, which `replaceProject` has to allow.",
      replaces: true,
    }),
  name: z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(256)
    .describe(
      "Name of the project, 1 to 256 characters. Default: the name it has, at first `initialName`. Together with organization and region it is how an interrupted create is found again.",
    ),
  initialName: z
    .string()
    .optional()
    .describe(
      "Name that a project without `name` is created with; a later change of it changes nothing. Default: the resource's.",
    ),
  databasePassword: z
    .string()
    .min(4, "the platform refuses database passwords of fewer than 4 characters")
    .meta({ description: "Password of the role `postgres`, at least 4 characters. Always a secret.", secret: true }),
  region: z.enum(REGIONS).meta({
    description: "Region code, such as `ca-central-1`. Changing it replaces the project, see `replaceProject`.",
    replaces: true,
    open: true,
    typeName: "Region",
  }),
  instanceSize: z.enum(INSTANCE_SIZES).optional().meta({
    description:
      "Compute size, `nano` to `48xlarge_high_memory`. Default: the platform's smallest; an existing one is left alone.",
    open: true,
    typeName: "InstanceSize",
  }),
  legacyApiKeysEnabled: z
    .boolean()
    .optional()
    .describe("Whether the keys `anon` and `service_role` are valid. Default: left as it is."),
  paused: z
    .boolean()
    .optional()
    .describe(
      "Whether the project is paused. `false` restores one that was, by the platform or by hand. Default: left as it is, and a paused project is reported. What lives in its database cannot be brought up until then.",
    ),
  protected: z
    .boolean()
    .optional()
    .describe(
      "What the option `protect` of the resource is set to. The engine does not count a change of that option as one; recorded here, it shows in a preview and in drift. Default false.",
    ),
  replaceProject: z
    .string()
    .optional()
    .describe(
      "Yes to losing the project with all its data, by its present name: without it, a change of region or organization is refused. Default: no.",
    ),
  timeouts: z
    .strictObject({
      create: duration.optional().describe("For the first wait."),
      update: duration.optional().describe("For a later one."),
    })
    .optional()
    .describe("Limits for readiness, such as `10m`. Default: 15 minutes; `customTimeouts` takes precedence."),
});

export const projectDeclaration = {
  token: "supabase:index/project:Project",
  description:
    "A Supabase project. Created, it is waited for until its database accepts a log-in; a project of the same name, organization and region whose database accepts the password is adopted instead of created a second time.",
  // One that is left out is settled before the inputs are checked.
  inputs: projectInputs.extend({ name: projectInputs.shape.name.optional() }),
  outputs: {
    name: projectInputs.shape.name,
    ref: z.string().describe("Project ref, 20 lower-case letters; the same as `id`."),
    status: z.string().describe("Status as the platform words it; `ACTIVE_HEALTHY` is the one that `up` aims for."),
    createdAt: z.string().describe("Time of creation, ISO 8601."),
    host: z
      .string()
      .describe(
        "Host of the database itself. Hosted ones are reached over IPv6 only, unless the IPv4 add-on is booked.",
      ),
    port: z.int().describe("Port of the database itself."),
    database: z.string().describe("Name of the database, `postgres`."),
    user: z.string().describe("Role to log in as, `postgres`."),
    apiUrl: z
      .string()
      .describe(
        "Base URL of the project's own API. The local cloud serves `/auth/v1` there, where it was started with an Auth server.",
      ),
    directConnection: connection.describe("The four properties above as one."),
    sessionPooler: connection.describe(
      "The session pooler: IPv4, one server connection per client. For migrations and postgres_fdw.",
    ),
    transactionPooler: connection.describe(
      "The transaction pooler: for applications. No session state, no postgres_fdw.",
    ),
    anonKey: z.string().optional().describe("Legacy key `anon`; absent where legacy keys are not in use."),
    serviceRoleKey: z.string().optional().meta({
      description: "Legacy key `service_role`; absent where legacy keys are not in use. Secret.",
      secret: true,
    }),
    publishableKey: z
      .string()
      .optional()
      .describe("Publishable key (`sb_publishable_...`); absent where the project has none."),
    secretKey: z.string().optional().meta({
      description: "First secret key (`sb_secret_...`); absent where the project has none. Secret.",
      secret: true,
    }),
  },
} satisfies Declaration;

export type ProjectInputs = z.infer<typeof projectInputs>;

/** How long to wait for readiness: `customTimeouts`, else `timeouts` of the resource, else 15 minutes. */
export function waitMilliseconds(options: {
  customSeconds: number;
  timeouts: ProjectInputs["timeouts"];
  operation: "create" | "update";
}): number {
  if (options.customSeconds > 0) return options.customSeconds * 1000;
  const text = options.timeouts?.[options.operation];
  if (text === undefined) return DEFAULT_WAIT_MS;
  const [, hours = "0", minutes = "0", seconds = "0"] = DURATION.exec(text) ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
