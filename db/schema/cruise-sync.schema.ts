import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, integer, jsonb, text, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { catalogSchema } from "./catalog.schema.ts";
import { id, instant, timestamps } from "./columns.ts";

/** Sync operation tracking and metrics. */
export const cruiseSyncHistory = catalogSchema.table(
  "cruise_sync_history",
  {
    id: id(),
    provider: varchar("provider", { length: 100 }).notNull().default("traveltek"),
    syncType: varchar("sync_type", { length: 20 }).notNull(),
    status: varchar("status", { length: 20 }).notNull().default("running"),
    startedAt: instant("started_at").notNull().defaultNow(),
    finishedAt: instant("finished_at"),
    filesSeen: integer("files_seen").notNull().default(0),
    filesProcessed: integer("files_processed").notNull().default(0),
    filesFailed: integer("files_failed").notNull().default(0),
    sailingsCreated: integer("sailings_created").notNull().default(0),
    sailingsUpdated: integer("sailings_updated").notNull().default(0),
    bytesTransferred: bigint("bytes_transferred", { mode: "number" }).notNull().default(0),
    metrics: jsonb("metrics").notNull().default({}),
    errorMessage: text("error_message"),
  },
  (t) => [
    index("cruise_sync_history_started_idx").on(t.startedAt.desc().nullsFirst()),
    check("cruise_sync_history_type_check", sql`${t.syncType} in ('full', 'incremental', 'prices', 'reference')`),
    check("cruise_sync_history_status_check", sql`${t.status} in ('running', 'succeeded', 'failed', 'cancelled')`),
    check("cruise_sync_history_finished_check", sql`(${t.status} = 'running') = (${t.finishedAt} is null)`),
  ],
);

/** Raw API data from Traveltek, kept until the next full sync. */
export const cruiseSyncRaw = catalogSchema.table(
  "cruise_sync_raw",
  {
    id: id(),
    provider: varchar("provider", { length: 100 }).notNull().default("traveltek"),
    providerIdentifier: varchar("provider_identifier", { length: 100 }).notNull(),
    syncId: uuid("sync_id"),
    sourcePath: text("source_path").notNull(),
    contentHash: varchar("content_hash", { length: 64 }).notNull(),
    payload: jsonb("payload").notNull(),
    fetchedAt: instant("fetched_at").notNull().defaultNow(),
    expiresAt: instant("expires_at"),
  },
  (t) => [
    unique("cruise_sync_raw_provider_key").on(t.provider, t.providerIdentifier),
    foreignKey({
      name: "cruise_sync_raw_sync_fk",
      columns: [t.syncId],
      foreignColumns: [cruiseSyncHistory.id],
    }).onDelete("set null"),
    index("cruise_sync_raw_sync_idx").on(t.syncId),
    index("cruise_sync_raw_expires_idx").on(t.expiresAt),
  ],
);

/** FTP file transfer tracking: one row per path of the provider's server. */
export const cruiseFtpFileSync = catalogSchema.table(
  "cruise_ftp_file_sync",
  {
    id: id(),
    filePath: text("file_path").notNull(),
    fileSize: bigint("file_size", { mode: "number" }).notNull(),
    fileModifiedAt: instant("file_modified_at"),
    contentHash: varchar("content_hash", { length: 64 }),
    status: varchar("status", { length: 20 }).notNull().default("pending"),
    attempts: integer("attempts").notNull().default(0),
    lastSyncId: uuid("last_sync_id"),
    lastSyncedAt: instant("last_synced_at"),
    errorMessage: text("error_message"),
    ...timestamps(),
  },
  (t) => [
    unique("cruise_ftp_file_sync_path_key").on(t.filePath),
    foreignKey({
      name: "cruise_ftp_file_sync_sync_fk",
      columns: [t.lastSyncId],
      foreignColumns: [cruiseSyncHistory.id],
    }).onDelete("set null"),
    index("cruise_ftp_file_sync_sync_idx").on(t.lastSyncId),
    index("cruise_ftp_file_sync_status_idx").on(t.status, t.lastSyncedAt),
    check("cruise_ftp_file_sync_status_check", sql`${t.status} in ('pending', 'synced', 'failed', 'skipped')`),
    check("cruise_ftp_file_sync_size_check", sql`${t.fileSize} >= 0`),
  ],
);
