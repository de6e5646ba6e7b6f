import { relations } from "drizzle-orm";
import { itineraryActivities } from "./activity.schema.ts";
import { agencies, userProfiles } from "./agency.schema.ts";
import { serviceFees, tripOrders } from "./billing.schema.ts";
import { emailLogs, emailTemplates } from "./communication.schema.ts";
import {
  contactAddresses,
  contactDocuments,
  contactRelationships,
  contacts,
  contactTags,
  tags,
} from "./contact.schema.ts";
import { tripInsurancePackages, tripTravelerInsurance } from "./insurance.schema.ts";
import { expectedPaymentItems, paymentTransactions } from "./payment.schema.ts";
import { itineraries, itineraryDays, tripMedia, trips, tripTags, tripTravelers } from "./trip.schema.ts";

export const agenciesRelations = relations(agencies, ({ many }) => ({
  users: many(userProfiles),
  trips: many(trips),
  contacts: many(contacts),
}));

export const userProfilesRelations = relations(userProfiles, ({ one, many }) => ({
  agency: one(agencies, { fields: [userProfiles.agencyId], references: [agencies.id] }),
  trips: many(trips),
}));

export const tripsRelations = relations(trips, ({ one, many }) => ({
  agency: one(agencies, { fields: [trips.agencyId], references: [agencies.id] }),
  owner: one(userProfiles, { fields: [trips.ownerId], references: [userProfiles.id] }),
  primaryContact: one(contacts, { fields: [trips.primaryContactId], references: [contacts.id] }),
  travelers: many(tripTravelers),
  itineraries: many(itineraries),
  media: many(tripMedia),
  tags: many(tripTags),
  insurancePackages: many(tripInsurancePackages),
  expectedPayments: many(expectedPaymentItems),
  payments: many(paymentTransactions),
  serviceFees: many(serviceFees),
  orders: many(tripOrders),
  emails: many(emailLogs),
}));

export const tripTravelersRelations = relations(tripTravelers, ({ one }) => ({
  trip: one(trips, { fields: [tripTravelers.tripId], references: [trips.id] }),
  contact: one(contacts, { fields: [tripTravelers.contactId], references: [contacts.id] }),
  insurance: one(tripTravelerInsurance),
}));

export const itinerariesRelations = relations(itineraries, ({ one, many }) => ({
  trip: one(trips, { fields: [itineraries.tripId], references: [trips.id] }),
  days: many(itineraryDays),
  activities: many(itineraryActivities),
}));

export const itineraryDaysRelations = relations(itineraryDays, ({ one, many }) => ({
  itinerary: one(itineraries, { fields: [itineraryDays.itineraryId], references: [itineraries.id] }),
  activities: many(itineraryActivities),
}));

export const tripMediaRelations = relations(tripMedia, ({ one }) => ({
  trip: one(trips, { fields: [tripMedia.tripId], references: [trips.id] }),
}));

export const tripTagsRelations = relations(tripTags, ({ one }) => ({
  trip: one(trips, { fields: [tripTags.tripId], references: [trips.id] }),
  tag: one(tags, { fields: [tripTags.tagId], references: [tags.id] }),
}));

export const contactsRelations = relations(contacts, ({ one, many }) => ({
  agency: one(agencies, { fields: [contacts.agencyId], references: [agencies.id] }),
  owner: one(userProfiles, { fields: [contacts.ownerId], references: [userProfiles.id] }),
  addresses: many(contactAddresses),
  documents: many(contactDocuments),
  tags: many(contactTags),
  relationships: many(contactRelationships, { relationName: "contact" }),
  relatedTo: many(contactRelationships, { relationName: "related" }),
  trips: many(tripTravelers),
}));

export const contactRelationshipsRelations = relations(contactRelationships, ({ one }) => ({
  contact: one(contacts, {
    fields: [contactRelationships.contactId],
    references: [contacts.id],
    relationName: "contact",
  }),
  related: one(contacts, {
    fields: [contactRelationships.relatedContactId],
    references: [contacts.id],
    relationName: "related",
  }),
}));

export const contactAddressesRelations = relations(contactAddresses, ({ one }) => ({
  contact: one(contacts, { fields: [contactAddresses.contactId], references: [contacts.id] }),
}));

export const contactDocumentsRelations = relations(contactDocuments, ({ one }) => ({
  contact: one(contacts, { fields: [contactDocuments.contactId], references: [contacts.id] }),
}));

export const tagsRelations = relations(tags, ({ many }) => ({ trips: many(tripTags), contacts: many(contactTags) }));

export const contactTagsRelations = relations(contactTags, ({ one }) => ({
  contact: one(contacts, { fields: [contactTags.contactId], references: [contacts.id] }),
  tag: one(tags, { fields: [contactTags.tagId], references: [tags.id] }),
}));

export const emailTemplatesRelations = relations(emailTemplates, ({ many }) => ({ emails: many(emailLogs) }));

export const emailLogsRelations = relations(emailLogs, ({ one }) => ({
  template: one(emailTemplates, { fields: [emailLogs.templateId], references: [emailTemplates.id] }),
  trip: one(trips, { fields: [emailLogs.tripId], references: [trips.id] }),
  contact: one(contacts, { fields: [emailLogs.contactId], references: [contacts.id] }),
  sentBy: one(userProfiles, { fields: [emailLogs.sentById], references: [userProfiles.id] }),
}));

export const tripInsurancePackagesRelations = relations(tripInsurancePackages, ({ one, many }) => ({
  trip: one(trips, { fields: [tripInsurancePackages.tripId], references: [trips.id] }),
  travelers: many(tripTravelerInsurance),
}));

export const tripTravelerInsuranceRelations = relations(tripTravelerInsurance, ({ one }) => ({
  traveler: one(tripTravelers, { fields: [tripTravelerInsurance.tripTravelerId], references: [tripTravelers.id] }),
  insurancePackage: one(tripInsurancePackages, {
    fields: [tripTravelerInsurance.insurancePackageId],
    references: [tripInsurancePackages.id],
  }),
}));
