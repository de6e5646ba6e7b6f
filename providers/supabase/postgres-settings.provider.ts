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
  effectiveCacheSize: size,
  logicalDecodingWorkMem: size,
  maintenanceWorkMem: size,
  trackActivityQuerySize: size,
  maxConnections: z.int().min(1).max(262_143).optional(),
  maxLocksPerTransaction: z.int().min(10).max(2_147_483_640).optional(),
  maxParallelMaintenanceWorkers: workers,
  maxParallelWorkers: workers,
  maxParallelWorkersPerGather: workers,
  maxReplicationSlots: z.int().optional(),
  maxSlotWalKeepSize: size,
  maxStandbyArchiveDelay: size,
  maxStandbyStreamingDelay: size,
  maxWalSize: size,
  maxWalSenders: z.int().optional(),
  maxWorkerProcesses: z.int().min(0).max(262_143).optional(),
  sessionReplicationRole: z.enum(["origin", "replica", "local"]).optional(),
  sharedBuffers: size,
  statementTimeout: duration,
  trackCommitTimestamp: z.boolean().optional(),
  walKeepSize: size,
  walSenderTimeout: duration,
  workMem: size,
  checkpointTimeout: duration,
  hotStandbyFeedback: z.boolean().optional(),
};

/** Parameters of the project's Postgres. */
export const postgresSettingsKind = configKind({
  token: "supabase:index/postgresSettings:PostgresSettings",
  inputs: { ...inputs, restartDatabase: z.boolean().optional() },
  form: typedForm({
    section: "database",
    properties: Object.keys(inputs),
    alongside: ({ restartDatabase }) => (restartDatabase === undefined ? {} : { restart_database: restartDatabase }),
  }),
});
