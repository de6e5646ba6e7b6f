import { relations } from "drizzle-orm";
import { activitySuppliers, activityTravelers, itineraryActivities } from "./activity.schema.ts";
import { activityDocuments, activityMedia } from "./activity-media.schema.ts";
import { userProfiles } from "./agency.schema.ts";
import { serviceFees, tripOrders } from "./billing.schema.ts";
import {
  customCruiseDetails,
  diningDetails,
  lodgingDetails,
  optionsDetails,
  packageDetails,
  portInfoDetails,
  transportationDetails,
} from "./component.schema.ts";
import { contacts } from "./contact.schema.ts";
import { flightDetails, flightSegments } from "./flight.schema.ts";
import {
  expectedPaymentItems,
  paymentScheduleTemplateItems,
  paymentScheduleTemplates,
  paymentTransactions,
} from "./payment.schema.ts";
import { activityPricing, activityPricingItems, activityTravellerSplits } from "./pricing.schema.ts";
import { itineraries, itineraryDays, trips, tripTravelers } from "./trip.schema.ts";

const toActivity = { references: [itineraryActivities.id] as [typeof itineraryActivities.id] };

export const itineraryActivitiesRelations = relations(itineraryActivities, ({ one, many }) => ({
  trip: one(trips, { fields: [itineraryActivities.tripId], references: [trips.id] }),
  itinerary: one(itineraries, { fields: [itineraryActivities.itineraryId], references: [itineraries.id] }),
  day: one(itineraryDays, { fields: [itineraryActivities.itineraryDayId], references: [itineraryDays.id] }),
  parent: one(itineraryActivities, {
    fields: [itineraryActivities.parentActivityId],
    references: [itineraryActivities.id],
    relationName: "package",
  }),
  children: many(itineraryActivities, { relationName: "package" }),
  pricing: one(activityPricing),
  media: many(activityMedia),
  documents: many(activityDocuments),
  suppliers: many(activitySuppliers),
  travelers: many(activityTravelers),
  flight: one(flightDetails),
  lodging: one(lodgingDetails),
  dining: one(diningDetails),
  transportation: one(transportationDetails),
  cruise: one(customCruiseDetails),
  portInfo: one(portInfoDetails),
  option: one(optionsDetails),
  package: one(packageDetails),
}));

export const activityMediaRelations = relations(activityMedia, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [activityMedia.activityId], ...toActivity }),
}));
export const activityDocumentsRelations = relations(activityDocuments, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [activityDocuments.activityId], ...toActivity }),
}));
export const activitySuppliersRelations = relations(activitySuppliers, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [activitySuppliers.activityId], ...toActivity }),
}));
export const activityTravelersRelations = relations(activityTravelers, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [activityTravelers.activityId], ...toActivity }),
  traveler: one(tripTravelers, { fields: [activityTravelers.tripTravelerId], references: [tripTravelers.id] }),
}));

export const flightDetailsRelations = relations(flightDetails, ({ one, many }) => ({
  activity: one(itineraryActivities, { fields: [flightDetails.activityId], ...toActivity }),
  segments: many(flightSegments),
}));
export const flightSegmentsRelations = relations(flightSegments, ({ one }) => ({
  flight: one(flightDetails, { fields: [flightSegments.activityId], references: [flightDetails.activityId] }),
}));
export const lodgingDetailsRelations = relations(lodgingDetails, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [lodgingDetails.activityId], ...toActivity }),
}));
export const diningDetailsRelations = relations(diningDetails, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [diningDetails.activityId], ...toActivity }),
}));
export const transportationDetailsRelations = relations(transportationDetails, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [transportationDetails.activityId], ...toActivity }),
}));
export const customCruiseDetailsRelations = relations(customCruiseDetails, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [customCruiseDetails.activityId], ...toActivity }),
}));
export const portInfoDetailsRelations = relations(portInfoDetails, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [portInfoDetails.activityId], ...toActivity }),
}));
export const optionsDetailsRelations = relations(optionsDetails, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [optionsDetails.activityId], ...toActivity }),
}));
export const packageDetailsRelations = relations(packageDetails, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [packageDetails.activityId], ...toActivity }),
}));

export const activityPricingRelations = relations(activityPricing, ({ one, many }) => ({
  activity: one(itineraryActivities, { fields: [activityPricing.activityId], ...toActivity }),
  items: many(activityPricingItems),
}));
export const activityPricingItemsRelations = relations(activityPricingItems, ({ one }) => ({
  pricing: one(activityPricing, { fields: [activityPricingItems.activityPricingId], references: [activityPricing.id] }),
}));
export const activityTravellerSplitsRelations = relations(activityTravellerSplits, ({ one }) => ({
  activity: one(itineraryActivities, { fields: [activityTravellerSplits.activityId], ...toActivity }),
  traveler: one(tripTravelers, { fields: [activityTravellerSplits.tripTravelerId], references: [tripTravelers.id] }),
}));

export const expectedPaymentItemsRelations = relations(expectedPaymentItems, ({ one, many }) => ({
  trip: one(trips, { fields: [expectedPaymentItems.tripId], references: [trips.id] }),
  activity: one(itineraryActivities, { fields: [expectedPaymentItems.activityId], ...toActivity }),
  payments: many(paymentTransactions),
}));
export const paymentTransactionsRelations = relations(paymentTransactions, ({ one }) => ({
  trip: one(trips, { fields: [paymentTransactions.tripId], references: [trips.id] }),
  contact: one(contacts, { fields: [paymentTransactions.contactId], references: [contacts.id] }),
  item: one(expectedPaymentItems, {
    fields: [paymentTransactions.expectedPaymentItemId],
    references: [expectedPaymentItems.id],
  }),
}));
export const paymentScheduleTemplatesRelations = relations(paymentScheduleTemplates, ({ many }) => ({
  items: many(paymentScheduleTemplateItems),
}));
export const paymentScheduleTemplateItemsRelations = relations(paymentScheduleTemplateItems, ({ one }) => ({
  template: one(paymentScheduleTemplates, {
    fields: [paymentScheduleTemplateItems.templateId],
    references: [paymentScheduleTemplates.id],
  }),
}));
export const serviceFeesRelations = relations(serviceFees, ({ one }) => ({
  trip: one(trips, { fields: [serviceFees.tripId], references: [trips.id] }),
  contact: one(contacts, { fields: [serviceFees.contactId], references: [contacts.id] }),
}));
export const tripOrdersRelations = relations(tripOrders, ({ one }) => ({
  trip: one(trips, { fields: [tripOrders.tripId], references: [trips.id] }),
  createdBy: one(userProfiles, { fields: [tripOrders.createdById], references: [userProfiles.id] }),
}));
