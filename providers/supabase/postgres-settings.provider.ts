import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

const size = z.string().min(1).optional();
const workers = z.int().min(0).max(1024).optional();
const duration = z
  .string()
  .regex(/^(-?[0-9]+(?:\.[0-9]+)?)(us|ms|s|min|h|d)?$/, "expected a duration such as 30s or 5min")
  .optional();

/** Bounds: `UpdatePostgresConfigBody` of the API's description. */
const inputs = {
  effectiveCacheSize: size.describe("Such as `4GB`."),
  logicalDecodingWorkMem: size.describe("Such as `64MB`."),
  maintenanceWorkMem: size.describe("Such as `256MB`."),
  trackActivityQuerySize: size.describe("Such as `4kB`."),
  maxConnections: z.int().min(1).max(262_143).optional().describe("1 to 262143. Takes effect at a restart."),
  maxLocksPerTransaction: z
    .int()
    .min(10)
    .max(2_147_483_640)
    .optional()
    .describe("10 to 2147483640. Takes effect at a restart."),
  maxParallelMaintenanceWorkers: workers.describe("0 to 1024."),
  maxParallelWorkers: workers.describe("0 to 1024."),
  maxParallelWorkersPerGather: workers.describe("0 to 1024."),
  maxReplicationSlots: z.int().optional().describe("Takes effect at a restart."),
  maxSlotWalKeepSize: size.describe("Such as `4GB`."),
  maxStandbyArchiveDelay: size.describe("Such as `30s`."),
  maxStandbyStreamingDelay: size.describe("Such as `30s`."),
  maxWalSize: size.describe("Such as `1GB`."),
  maxWalSenders: z.int().optional().describe("Takes effect at a restart."),
  maxWorkerProcesses: z.int().min(0).max(262_143).optional().describe("0 to 262143. Takes effect at a restart."),
  sessionReplicationRole: z
    .enum(["origin", "replica", "local"])
    .optional()
    .describe("Whether triggers and rules fire."),
  sharedBuffers: size.describe("Such as `1GB`. Takes effect at a restart."),
  statementTimeout: duration.describe("Such as `30s`."),
  trackCommitTimestamp: z.boolean().optional().describe("Takes effect at a restart."),
  walKeepSize: size.describe("Such as `1GB`."),
  walSenderTimeout: duration.describe("Such as `60s`."),
  workMem: size.describe("Such as `8MB`."),
  checkpointTimeout: duration.describe("Such as `5min`."),
  hotStandbyFeedback: z.boolean().optional().describe("Whether a replica reports its queries."),
};

/** Parameters of the project's Postgres. */
export const postgresSettingsKind = configKind({
  token: "supabase:index/postgresSettings:PostgresSettings",
  description: "Parameters of the Postgres of a project. Only what is set is managed; deleting leaves it as it is.",
  inputs: {
    ...inputs,
    restartDatabase: z
      .boolean()
      .optional()
      .describe("Whether the platform may restart the database for a change. Default: the platform decides."),
  },
  form: typedForm({
    section: "database",
    properties: Object.keys(inputs),
    alongside: ({ restartDatabase }) => (restartDatabase === undefined ? {} : { restart_database: restartDatabase }),
  }),
});
