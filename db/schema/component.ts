import { sql } from "drizzle-orm";
import { type AnyPgColumn, check, uuid } from "drizzle-orm/pg-core";
import { itineraryActivities } from "./activity.schema.ts";
import { timestamps } from "./columns.ts";
import { componentTypeEnum } from "./enums.ts";
import { agencyId, partOf, policies } from "./tenancy.ts";

/** One of the ten component types. */
export type ComponentType = (typeof componentTypeEnum.enumValues)[number];

/**
 * What every detail table starts with: its activity, which is its key too, and the component type it stands for. The type
 * is part of the key to the activity, so details of another type than the activity's are refused, and an activity that
 * has details cannot change its type.
 */
export const componentColumns = (componentType: ComponentType) => ({
  activityId: uuid("activity_id").primaryKey(),
  agencyId: agencyId(),
  componentType: componentTypeEnum("component_type").notNull().default(componentType),
  ...timestamps(),
});

interface ComponentTable {
  activityId: AnyPgColumn;
  agencyId: AnyPgColumn;
  componentType: AnyPgColumn;
}

/** Key, type check and policies of a detail table. */
export const componentOf = (options: { table: string; types: readonly ComponentType[]; columns: ComponentTable }) => {
  const { table, types, columns } = options;
  const allowed = sql.raw(types.map((type) => `'${type}'`).join(", "));
  return [
    partOf({
      name: `${table}_activity_fk`,
      columns: [columns.agencyId, columns.activityId, columns.componentType],
      parent: [itineraryActivities.agencyId, itineraryActivities.id, itineraryActivities.componentType],
    }),
    check(`${table}_component_type_check`, sql`${columns.componentType} in (${allowed})`),
    ...policies(table),
  ];
};
