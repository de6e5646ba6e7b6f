import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { itineraryActivities } from "./activity.schema.ts";
import { agencies } from "./agency.schema.ts";
import { amount, currency, id, instant, percent, timestamps } from "./columns.ts";
import { contacts } from "./contact.schema.ts";
import {
  auditActionEnum,
  paymentItemStatusEnum,
  paymentMethodEnum,
  paymentTransactionStatusEnum,
  paymentTransactionTypeEnum,
} from "./enums.ts";
import { agencyId, currencyCheck, partOf, policies, refersTo } from "./tenancy.ts";
import { trips } from "./trip.schema.ts";

/** Payment schedule milestones: what is due when, for a trip or one activity of it. */
export const expectedPaymentItems = pgTable(
  "expected_payment_items",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    activityId: uuid("activity_id"),
    description: varchar("description", { length: 255 }).notNull(),
    dueDate: date("due_date").notNull(),
    amount: amount("amount").notNull(),
    paidAmount: amount("paid_amount").notNull().default("0"),
    currency: currency().notNull().default("CAD"),
    status: paymentItemStatusEnum("status").notNull().default("pending"),
    sequence: smallint("sequence").notNull().default(1),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "expected_payment_items_trip_fk",
      columns: [t.agencyId, t.tripId],
      parent: [trips.agencyId, trips.id],
    }),
    partOf({
      name: "expected_payment_items_activity_fk",
      columns: [t.agencyId, t.tripId, t.activityId],
      parent: [itineraryActivities.agencyId, itineraryActivities.tripId, itineraryActivities.id],
    }),
    unique("expected_payment_items_trip_key").on(t.agencyId, t.tripId, t.id),
    index("expected_payment_items_activity_idx").on(t.agencyId, t.tripId, t.activityId),
    index("expected_payment_items_due_idx").on(t.agencyId, t.dueDate),
    check("expected_payment_items_amount_check", sql`${t.amount} > 0 and ${t.paidAmount} >= 0`),
    check("expected_payment_items_paid_check", sql`${t.status} <> 'paid' or ${t.paidAmount} >= ${t.amount}`),
    currencyCheck("expected_payment_items_currency_check", t.currency),
    ...policies("expected_payment_items"),
  ],
);

/** Actual payment records. They are corrected by further records, never deleted. */
export const paymentTransactions = pgTable(
  "payment_transactions",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    expectedPaymentItemId: uuid("expected_payment_item_id"),
    contactId: uuid("contact_id"),
    transactionType: paymentTransactionTypeEnum("transaction_type").notNull().default("payment"),
    method: paymentMethodEnum("method").notNull(),
    status: paymentTransactionStatusEnum("status").notNull().default("pending"),
    amount: amount("amount").notNull(),
    currency: currency().notNull().default("CAD"),
    receivedAt: instant("received_at").notNull().defaultNow(),
    externalReference: varchar("external_reference", { length: 255 }),
    notes: text("notes"),
    ...timestamps(),
  },
  (t) => [
    refersTo({
      name: "payment_transactions_trip_fk",
      columns: [t.agencyId, t.tripId],
      parent: [trips.agencyId, trips.id],
    }),
    refersTo({
      name: "payment_transactions_item_fk",
      columns: [t.agencyId, t.tripId, t.expectedPaymentItemId],
      parent: [expectedPaymentItems.agencyId, expectedPaymentItems.tripId, expectedPaymentItems.id],
    }),
    refersTo({
      name: "payment_transactions_contact_fk",
      columns: [t.agencyId, t.contactId],
      parent: [contacts.agencyId, contacts.id],
    }),
    index("payment_transactions_trip_idx").on(t.agencyId, t.tripId, t.expectedPaymentItemId),
    index("payment_transactions_contact_idx").on(t.agencyId, t.contactId),
    index("payment_transactions_received_idx").on(t.agencyId, t.receivedAt),
    uniqueIndex("payment_transactions_reference_key").on(t.agencyId, t.externalReference),
    check(
      "payment_transactions_amount_check",
      sql`(${t.amount} < 0) = (${t.transactionType} = 'refund') or ${t.transactionType} = 'adjustment'`,
    ),
    currencyCheck("payment_transactions_currency_check", t.currency),
    ...policies("payment_transactions"),
  ],
);

/** Reusable payment schedule patterns. */
export const paymentScheduleTemplates = pgTable(
  "payment_schedule_templates",
  {
    id: id(),
    agencyId: agencyId(),
    name: varchar("name", { length: 255 }).notNull(),
    description: text("description"),
    isDefault: boolean("is_default").notNull().default(false),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "payment_schedule_templates_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    unique("payment_schedule_templates_agency_key").on(t.agencyId, t.id),
    unique("payment_schedule_templates_name_key").on(t.agencyId, t.name),
    uniqueIndex("payment_schedule_templates_default_key").on(t.agencyId).where(sql`${t.isDefault}`),
    ...policies("payment_schedule_templates"),
  ],
);

/** Milestones within templates: a share of the price, due some days before departure or after booking. */
export const paymentScheduleTemplateItems = pgTable(
  "payment_schedule_template_items",
  {
    id: id(),
    agencyId: agencyId(),
    templateId: uuid("template_id").notNull(),
    sequence: smallint("sequence").notNull(),
    description: varchar("description", { length: 255 }).notNull(),
    share: percent("share").notNull(),
    dueAnchor: varchar("due_anchor", { length: 20 }).notNull(),
    offsetDays: integer("offset_days").notNull().default(0),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "payment_schedule_template_items_template_fk",
      columns: [t.agencyId, t.templateId],
      parent: [paymentScheduleTemplates.agencyId, paymentScheduleTemplates.id],
    }),
    unique("payment_schedule_template_items_key").on(t.agencyId, t.templateId, t.sequence),
    check("payment_schedule_template_items_share_check", sql`${t.share} > 0 and ${t.share} <= 100`),
    check("payment_schedule_template_items_anchor_check", sql`${t.dueAnchor} in ('booking', 'departure')`),
    ...policies("payment_schedule_template_items"),
  ],
);

/**
 * Immutable audit log (TICO compliance) of the payment tables: who, when, before, after. Written by triggers; it has no
 * key to anything, so that nothing that is deleted changes or stops it.
 */
export const paymentScheduleAuditLog = pgTable(
  "payment_schedule_audit_log",
  {
    id: id(),
    agencyId: agencyId(),
    tableName: varchar("table_name", { length: 63 }).notNull(),
    rowId: uuid("row_id").notNull(),
    tripId: uuid("trip_id"),
    action: auditActionEnum("action").notNull(),
    actorId: uuid("actor_id"),
    actorRole: varchar("actor_role", { length: 63 }).notNull(),
    occurredAt: instant("occurred_at").notNull(),
    before: jsonb("before"),
    after: jsonb("after"),
  },
  (t) => [
    index("payment_schedule_audit_log_newest_idx").on(t.agencyId, t.occurredAt.desc().nullsFirst()),
    index("payment_schedule_audit_log_row_idx").on(t.agencyId, t.tableName, t.rowId),
    index("payment_schedule_audit_log_trip_idx").on(t.agencyId, t.tripId),
    check("payment_schedule_audit_log_before_check", sql`(${t.action} = 'insert') = (${t.before} is null)`),
    check("payment_schedule_audit_log_after_check", sql`(${t.action} = 'delete') = (${t.after} is null)`),
    ...policies("payment_schedule_audit_log"),
  ],
);
