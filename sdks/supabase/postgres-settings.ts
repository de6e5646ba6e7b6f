import * as pulumi from "@pulumi/pulumi";

export interface PostgresSettingsArgs {
  /** Ref of the project. Changing it replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** Such as `4GB`. */
  effectiveCacheSize?: pulumi.Input<string>;
  /** Such as `64MB`. */
  logicalDecodingWorkMem?: pulumi.Input<string>;
  /** Such as `256MB`. */
  maintenanceWorkMem?: pulumi.Input<string>;
  /** Such as `4kB`. */
  trackActivityQuerySize?: pulumi.Input<string>;
  /** 1 to 262143. Takes effect at a restart. */
  maxConnections?: pulumi.Input<number>;
  /** 10 to 2147483640. Takes effect at a restart. */
  maxLocksPerTransaction?: pulumi.Input<number>;
  /** 0 to 1024. */
  maxParallelMaintenanceWorkers?: pulumi.Input<number>;
  /** 0 to 1024. */
  maxParallelWorkers?: pulumi.Input<number>;
  /** 0 to 1024. */
  maxParallelWorkersPerGather?: pulumi.Input<number>;
  /** Takes effect at a restart. */
  maxReplicationSlots?: pulumi.Input<number>;
  /** Such as `4GB`. */
  maxSlotWalKeepSize?: pulumi.Input<string>;
  /** Such as `30s`. */
  maxStandbyArchiveDelay?: pulumi.Input<string>;
  /** Such as `30s`. */
  maxStandbyStreamingDelay?: pulumi.Input<string>;
  /** Such as `1GB`. */
  maxWalSize?: pulumi.Input<string>;
  /** Takes effect at a restart. */
  maxWalSenders?: pulumi.Input<number>;
  /** 0 to 262143. Takes effect at a restart. */
  maxWorkerProcesses?: pulumi.Input<number>;
  /** Whether triggers and rules fire. */
  sessionReplicationRole?: pulumi.Input<"origin" | "replica" | "local">;
  /** Such as `1GB`. Takes effect at a restart. */
  sharedBuffers?: pulumi.Input<string>;
  /** Such as `30s`. */
  statementTimeout?: pulumi.Input<string>;
  /** Takes effect at a restart. */
  trackCommitTimestamp?: pulumi.Input<boolean>;
  /** Such as `1GB`. */
  walKeepSize?: pulumi.Input<string>;
  /** Such as `60s`. */
  walSenderTimeout?: pulumi.Input<string>;
  /** Such as `8MB`. */
  workMem?: pulumi.Input<string>;
  /** Such as `5min`. */
  checkpointTimeout?: pulumi.Input<string>;
  /** Whether a replica reports its queries. */
  hotStandbyFeedback?: pulumi.Input<boolean>;
  /** Whether the platform may restart the database for a change. Default: the platform decides. */
  restartDatabase?: pulumi.Input<boolean>;
}

/** Parameters of the Postgres of a project. Only what is set is managed; deleting leaves it as it is. */
export class PostgresSettings extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly effectiveCacheSize: pulumi.Output<string | undefined>;
  declare readonly logicalDecodingWorkMem: pulumi.Output<string | undefined>;
  declare readonly maintenanceWorkMem: pulumi.Output<string | undefined>;
  declare readonly trackActivityQuerySize: pulumi.Output<string | undefined>;
  declare readonly maxConnections: pulumi.Output<number | undefined>;
  declare readonly maxLocksPerTransaction: pulumi.Output<number | undefined>;
  declare readonly maxParallelMaintenanceWorkers: pulumi.Output<number | undefined>;
  declare readonly maxParallelWorkers: pulumi.Output<number | undefined>;
  declare readonly maxParallelWorkersPerGather: pulumi.Output<number | undefined>;
  declare readonly maxReplicationSlots: pulumi.Output<number | undefined>;
  declare readonly maxSlotWalKeepSize: pulumi.Output<string | undefined>;
  declare readonly maxStandbyArchiveDelay: pulumi.Output<string | undefined>;
  declare readonly maxStandbyStreamingDelay: pulumi.Output<string | undefined>;
  declare readonly maxWalSize: pulumi.Output<string | undefined>;
  declare readonly maxWalSenders: pulumi.Output<number | undefined>;
  declare readonly maxWorkerProcesses: pulumi.Output<number | undefined>;
  declare readonly sessionReplicationRole: pulumi.Output<"origin" | "replica" | "local" | undefined>;
  declare readonly sharedBuffers: pulumi.Output<string | undefined>;
  declare readonly statementTimeout: pulumi.Output<string | undefined>;
  declare readonly trackCommitTimestamp: pulumi.Output<boolean | undefined>;
  declare readonly walKeepSize: pulumi.Output<string | undefined>;
  declare readonly walSenderTimeout: pulumi.Output<string | undefined>;
  declare readonly workMem: pulumi.Output<string | undefined>;
  declare readonly checkpointTimeout: pulumi.Output<string | undefined>;
  declare readonly hotStandbyFeedback: pulumi.Output<boolean | undefined>;
  declare readonly restartDatabase: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: PostgresSettingsArgs, opts?: pulumi.CustomResourceOptions) {
    super("supabase:index/postgresSettings:PostgresSettings", name, { ...args }, opts);
  }
}
