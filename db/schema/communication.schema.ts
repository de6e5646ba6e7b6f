import { sql } from "drizzle-orm";
import { boolean, check, index, jsonb, pgTable, text, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { agencies, userProfiles } from "./agency.schema.ts";
import { id, instant, timestamps } from "./columns.ts";
import { contacts } from "./contact.schema.ts";
import { emailStatusEnum } from "./enums.ts";
import { agencyId, policies, refersTo } from "./tenancy.ts";
import { trips } from "./trip.schema.ts";

/** Reusable email templates. */
export const emailTemplates = pgTable(
  "email_templates",
  {
    id: id(),
    agencyId: agencyId(),
    slug: varchar("slug", { length: 100 }).notNull(),
    name: varchar("name", { length: 255 }).notNull(),
    subject: varchar("subject", { length: 500 }).notNull(),
    bodyHtml: text("body_html").notNull(),
    bodyText: text("body_text"),
    variables: jsonb("variables").notNull().default([]),
    isActive: boolean("is_active").notNull().default(true),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "email_templates_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    unique("email_templates_agency_key").on(t.agencyId, t.id),
    unique("email_templates_slug_key").on(t.agencyId, t.slug),
    ...policies("email_templates"),
  ],
);

/** Email sending records with status. Users add to them; only the sending service changes them. */
export const emailLogs = pgTable(
  "email_logs",
  {
    id: id(),
    agencyId: agencyId(),
    templateId: uuid("template_id"),
    tripId: uuid("trip_id"),
    contactId: uuid("contact_id"),
    sentById: uuid("sent_by_id"),
    toAddresses: text("to_addresses").array().notNull(),
    subject: varchar("subject", { length: 500 }).notNull(),
    status: emailStatusEnum("status").notNull().default("queued"),
    providerMessageId: varchar("provider_message_id", { length: 255 }),
    errorMessage: text("error_message"),
    sentAt: instant("sent_at"),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "email_logs_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    refersTo({
      name: "email_logs_template_fk",
      columns: [t.agencyId, t.templateId],
      parent: [emailTemplates.agencyId, emailTemplates.id],
    }),
    refersTo({ name: "email_logs_trip_fk", columns: [t.agencyId, t.tripId], parent: [trips.agencyId, trips.id] }),
    refersTo({
      name: "email_logs_contact_fk",
      columns: [t.agencyId, t.contactId],
      parent: [contacts.agencyId, contacts.id],
    }),
    refersTo({
      name: "email_logs_sent_by_fk",
      columns: [t.agencyId, t.sentById],
      parent: [userProfiles.agencyId, userProfiles.id],
    }),
    index("email_logs_newest_idx").on(t.agencyId, t.createdAt.desc().nullsFirst()),
    index("email_logs_template_idx").on(t.agencyId, t.templateId),
    index("email_logs_trip_idx").on(t.agencyId, t.tripId),
    index("email_logs_contact_idx").on(t.agencyId, t.contactId),
    index("email_logs_sent_by_idx").on(t.agencyId, t.sentById),
    check("email_logs_recipients_check", sql`cardinality(${t.toAddresses}) > 0`),
    check("email_logs_sent_check", sql`${t.status} not in ('sent', 'delivered') or ${t.sentAt} is not null`),
    ...policies("email_logs"),
  ],
);
