import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { agencies, userProfiles } from "./agency.schema.ts";
import { country, id, instant, timestamps } from "./columns.ts";
import { addressTypeEnum, identityDocumentTypeEnum, relationshipTypeEnum } from "./enums.ts";
import { agencyId, partOf, policies, refersTo } from "./tenancy.ts";

/** Customer records. `full_name` is what a search looks in. */
export const contacts = pgTable(
  "contacts",
  {
    id: id(),
    agencyId: agencyId(),
    ownerId: uuid("owner_id"),
    firstName: varchar("first_name", { length: 100 }).notNull(),
    middleName: varchar("middle_name", { length: 100 }),
    lastName: varchar("last_name", { length: 100 }).notNull(),
    fullName: text("full_name")
      .notNull()
      .generatedAlwaysAs(
        sql`lower((first_name)::text || ' '::text || coalesce((middle_name)::text || ' '::text, ''::text) || (last_name)::text)`,
      ),
    preferredName: varchar("preferred_name", { length: 100 }),
    email: varchar("email", { length: 320 }),
    phone: varchar("phone", { length: 32 }),
    dateOfBirth: date("date_of_birth"),
    nationality: country("nationality"),
    language: varchar("language", { length: 10 }),
    marketingConsentAt: instant("marketing_consent_at"),
    preferences: jsonb("preferences").notNull().default({}),
    notes: text("notes"),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "contacts_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    refersTo({
      name: "contacts_owner_fk",
      columns: [t.agencyId, t.ownerId],
      parent: [userProfiles.agencyId, userProfiles.id],
    }),
    unique("contacts_agency_key").on(t.agencyId, t.id),
    index("contacts_owner_idx").on(t.agencyId, t.ownerId),
    index("contacts_name_idx").on(t.agencyId, t.lastName, t.firstName),
    index("contacts_email_idx").on(t.agencyId, t.email),
    index("contacts_search_idx").using("gin", t.agencyId, t.fullName.op("gin_trgm_ops")),
    check("contacts_email_check", sql`${t.email} ~ '^[^@[:space:]]+@[^@[:space:]]+$'`),
    ...policies("contacts"),
  ],
);

/** How two contacts are related. A pair is kept once, whichever way it is entered. */
export const contactRelationships = pgTable(
  "contact_relationships",
  {
    id: id(),
    agencyId: agencyId(),
    contactId: uuid("contact_id").notNull(),
    relatedContactId: uuid("related_contact_id").notNull(),
    relationshipType: relationshipTypeEnum("relationship_type").notNull(),
    notes: text("notes"),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "contact_relationships_contact_fk",
      columns: [t.agencyId, t.contactId],
      parent: [contacts.agencyId, contacts.id],
    }),
    partOf({
      name: "contact_relationships_related_fk",
      columns: [t.agencyId, t.relatedContactId],
      parent: [contacts.agencyId, contacts.id],
    }),
    index("contact_relationships_contact_idx").on(t.agencyId, t.contactId),
    index("contact_relationships_related_idx").on(t.agencyId, t.relatedContactId),
    uniqueIndex("contact_relationships_pair_key").on(
      sql`least(${t.contactId}, ${t.relatedContactId})`,
      sql`greatest(${t.contactId}, ${t.relatedContactId})`,
    ),
    check("contact_relationships_other_check", sql`${t.contactId} <> ${t.relatedContactId}`),
    ...policies("contact_relationships"),
  ],
);

/** Addresses per contact. */
export const contactAddresses = pgTable(
  "contact_addresses",
  {
    id: id(),
    agencyId: agencyId(),
    contactId: uuid("contact_id").notNull(),
    addressType: addressTypeEnum("address_type").notNull().default("home"),
    isPrimary: boolean("is_primary").notNull().default(false),
    line1: varchar("line1", { length: 255 }).notNull(),
    line2: varchar("line2", { length: 255 }),
    city: varchar("city", { length: 100 }).notNull(),
    region: varchar("region", { length: 100 }),
    postalCode: varchar("postal_code", { length: 20 }),
    countryCode: country().notNull().default("CA"),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "contact_addresses_contact_fk",
      columns: [t.agencyId, t.contactId],
      parent: [contacts.agencyId, contacts.id],
    }),
    index("contact_addresses_contact_idx").on(t.agencyId, t.contactId),
    uniqueIndex("contact_addresses_primary_key").on(t.contactId).where(sql`${t.isPrimary}`),
    ...policies("contact_addresses"),
  ],
);

/** ID, passport and visa documents; the scan itself lies in storage. */
export const contactDocuments = pgTable(
  "contact_documents",
  {
    id: id(),
    agencyId: agencyId(),
    contactId: uuid("contact_id").notNull(),
    documentType: identityDocumentTypeEnum("document_type").notNull(),
    documentNumber: varchar("document_number", { length: 64 }).notNull(),
    issuingCountry: country("issuing_country").notNull(),
    issuedOn: date("issued_on"),
    expiresOn: date("expires_on"),
    storagePath: text("storage_path"),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "contact_documents_contact_fk",
      columns: [t.agencyId, t.contactId],
      parent: [contacts.agencyId, contacts.id],
    }),
    index("contact_documents_contact_idx").on(t.agencyId, t.contactId),
    index("contact_documents_expiry_idx").on(t.agencyId, t.expiresOn),
    check("contact_documents_dates_check", sql`${t.expiresOn} > ${t.issuedOn}`),
    ...policies("contact_documents"),
  ],
);

/** Central tag repository. */
export const tags = pgTable(
  "tags",
  {
    id: id(),
    agencyId: agencyId(),
    name: varchar("name", { length: 100 }).notNull(),
    colour: varchar("colour", { length: 7 }),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "tags_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    unique("tags_agency_key").on(t.agencyId, t.id),
    uniqueIndex("tags_name_key").on(t.agencyId, sql`lower(${t.name})`),
    check("tags_colour_check", sql`${t.colour} ~ '^#[0-9a-f]{6}$'`),
    ...policies("tags"),
  ],
);

/** Contact-to-tag mapping. */
export const contactTags = pgTable(
  "contact_tags",
  {
    agencyId: agencyId(),
    contactId: uuid("contact_id").notNull(),
    tagId: uuid("tag_id").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ name: "contact_tags_pk", columns: [t.agencyId, t.contactId, t.tagId] }),
    partOf({
      name: "contact_tags_contact_fk",
      columns: [t.agencyId, t.contactId],
      parent: [contacts.agencyId, contacts.id],
    }),
    partOf({ name: "contact_tags_tag_fk", columns: [t.agencyId, t.tagId], parent: [tags.agencyId, tags.id] }),
    index("contact_tags_tag_idx").on(t.agencyId, t.tagId),
    ...policies("contact_tags"),
  ],
);
