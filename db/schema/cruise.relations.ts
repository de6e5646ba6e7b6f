import { relations } from "drizzle-orm";
import { cruiseSailingCabinPrices } from "./cruise-price.schema.ts";
import { cruiseLines, cruisePorts, cruiseRegions, cruiseShips } from "./cruise-reference.schema.ts";
import {
  cruiseAlternateSailings,
  cruiseSailingRegions,
  cruiseSailingStops,
  cruiseSailings,
} from "./cruise-sailing.schema.ts";
import { cruiseCabinImages, cruiseShipCabinTypes, cruiseShipDecks, cruiseShipImages } from "./cruise-ship.schema.ts";

export const cruiseLinesRelations = relations(cruiseLines, ({ many }) => ({
  ships: many(cruiseShips),
  sailings: many(cruiseSailings),
}));
export const cruiseShipsRelations = relations(cruiseShips, ({ one, many }) => ({
  line: one(cruiseLines, { fields: [cruiseShips.lineId], references: [cruiseLines.id] }),
  images: many(cruiseShipImages),
  decks: many(cruiseShipDecks),
  cabinTypes: many(cruiseShipCabinTypes),
  sailings: many(cruiseSailings),
}));
export const cruiseRegionsRelations = relations(cruiseRegions, ({ one, many }) => ({
  parent: one(cruiseRegions, {
    fields: [cruiseRegions.parentRegionId],
    references: [cruiseRegions.id],
    relationName: "within",
  }),
  parts: many(cruiseRegions, { relationName: "within" }),
  sailings: many(cruiseSailingRegions),
}));
export const cruiseShipImagesRelations = relations(cruiseShipImages, ({ one }) => ({
  ship: one(cruiseShips, { fields: [cruiseShipImages.shipId], references: [cruiseShips.id] }),
}));
export const cruiseShipDecksRelations = relations(cruiseShipDecks, ({ one }) => ({
  ship: one(cruiseShips, { fields: [cruiseShipDecks.shipId], references: [cruiseShips.id] }),
}));
export const cruiseShipCabinTypesRelations = relations(cruiseShipCabinTypes, ({ one, many }) => ({
  ship: one(cruiseShips, { fields: [cruiseShipCabinTypes.shipId], references: [cruiseShips.id] }),
  images: many(cruiseCabinImages),
  prices: many(cruiseSailingCabinPrices),
}));
export const cruiseCabinImagesRelations = relations(cruiseCabinImages, ({ one }) => ({
  cabinType: one(cruiseShipCabinTypes, {
    fields: [cruiseCabinImages.cabinTypeId],
    references: [cruiseShipCabinTypes.id],
  }),
}));
export const cruiseSailingsRelations = relations(cruiseSailings, ({ one, many }) => ({
  line: one(cruiseLines, { fields: [cruiseSailings.lineId], references: [cruiseLines.id] }),
  ship: one(cruiseShips, { fields: [cruiseSailings.shipId], references: [cruiseShips.id] }),
  embarkPort: one(cruisePorts, {
    fields: [cruiseSailings.embarkPortId],
    references: [cruisePorts.id],
    relationName: "embark",
  }),
  disembarkPort: one(cruisePorts, {
    fields: [cruiseSailings.disembarkPortId],
    references: [cruisePorts.id],
    relationName: "disembark",
  }),
  prices: many(cruiseSailingCabinPrices),
  stops: many(cruiseSailingStops),
  regions: many(cruiseSailingRegions),
  alternates: many(cruiseAlternateSailings, { relationName: "sailing" }),
}));
export const cruisePortsRelations = relations(cruisePorts, ({ many }) => ({
  embarking: many(cruiseSailings, { relationName: "embark" }),
  disembarking: many(cruiseSailings, { relationName: "disembark" }),
  stops: many(cruiseSailingStops),
}));
export const cruiseSailingCabinPricesRelations = relations(cruiseSailingCabinPrices, ({ one }) => ({
  sailing: one(cruiseSailings, { fields: [cruiseSailingCabinPrices.sailingId], references: [cruiseSailings.id] }),
  cabinType: one(cruiseShipCabinTypes, {
    fields: [cruiseSailingCabinPrices.cabinTypeId],
    references: [cruiseShipCabinTypes.id],
  }),
}));
export const cruiseSailingStopsRelations = relations(cruiseSailingStops, ({ one }) => ({
  sailing: one(cruiseSailings, { fields: [cruiseSailingStops.sailingId], references: [cruiseSailings.id] }),
  port: one(cruisePorts, { fields: [cruiseSailingStops.portId], references: [cruisePorts.id] }),
}));
export const cruiseSailingRegionsRelations = relations(cruiseSailingRegions, ({ one }) => ({
  sailing: one(cruiseSailings, { fields: [cruiseSailingRegions.sailingId], references: [cruiseSailings.id] }),
  region: one(cruiseRegions, { fields: [cruiseSailingRegions.regionId], references: [cruiseRegions.id] }),
}));
export const cruiseAlternateSailingsRelations = relations(cruiseAlternateSailings, ({ one }) => ({
  sailing: one(cruiseSailings, {
    fields: [cruiseAlternateSailings.sailingId],
    references: [cruiseSailings.id],
    relationName: "sailing",
  }),
  alternate: one(cruiseSailings, {
    fields: [cruiseAlternateSailings.alternateSailingId],
    references: [cruiseSailings.id],
    relationName: "alternate",
  }),
}));
