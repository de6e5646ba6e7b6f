import { sql } from "drizzle-orm";
import { bigint, boolean, check, index, pgTable, smallint, text, uuid, varchar } from "drizzle-orm/pg-core";
import { itineraryActivities } from "./activity.schema.ts";
import { id, timestamps } from "./columns.ts";
import { mediaTypeEnum } from "./enums.ts";
import { agencyId, partOf, policies } from "./tenancy.ts";

const activityParent = () =>
  [itineraryActivities.agencyId, itineraryActivities.tripId, itineraryActivities.id] as [
    typeof itineraryActivities.agencyId,
    typeof itineraryActivities.tripId,
    typeof itineraryActivities.id,
  ];

/** Photos and videos for activities; the file itself lies in storage. */
export const activityMedia = pgTable(
  "activity_media",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    activityId: uuid("activity_id").notNull(),
    mediaType: mediaTypeEnum("media_type").notNull(),
    storagePath: text("storage_path").notNull(),
    caption: varchar("caption", { length: 500 }),
    isCover: boolean("is_cover").notNull().default(false),
    sortOrder: smallint("sort_order").notNull().default(0),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "activity_media_activity_fk",
      columns: [t.agencyId, t.tripId, t.activityId],
      parent: activityParent(),
    }),
    index("activity_media_activity_idx").on(t.agencyId, t.tripId, t.activityId, t.sortOrder),
    check("activity_media_type_check", sql`${t.mediaType} <> 'document'`),
    ...policies("activity_media"),
  ],
);

/** Attached documents: vouchers, tickets, confirmations. */
export const activityDocuments = pgTable(
  "activity_documents",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    activityId: uuid("activity_id").notNull(),
    fileName: varchar("file_name", { length: 255 }).notNull(),
    storagePath: text("storage_path").notNull(),
    contentType: varchar("content_type", { length: 127 }).notNull(),
    sizeBytes: bigint("size_bytes", { mode: "number" }).notNull(),
    isVisibleToClient: boolean("is_visible_to_client").notNull().default(false),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "activity_documents_activity_fk",
      columns: [t.agencyId, t.tripId, t.activityId],
      parent: activityParent(),
    }),
    index("activity_documents_activity_idx").on(t.agencyId, t.tripId, t.activityId),
    check("activity_documents_size_check", sql`${t.sizeBytes} >= 0`),
    ...policies("activity_documents"),
  ],
);
