export * from "./agency.schema.ts";
export { catalogSchema } from "./catalog.schema.ts";
export * from "./cruise-reference.schema.ts";
export * from "./cruise-sailing.schema.ts";
export * from "./cruise-ship.schema.ts";
export * from "./cruise-sync.schema.ts";
export * from "./enums.ts";
export * from "./trip.schema.ts";
