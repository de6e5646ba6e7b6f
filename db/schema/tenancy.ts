import { type SQL, sql } from "drizzle-orm";
import { type AnyPgColumn, check, foreignKey, type PgPolicy, pgPolicy, uuid } from "drizzle-orm/pg-core";
import { authenticatedRole } from "drizzle-orm/supabase";
import { type Rule, tableDecisions } from "./decisions.ts";

type Columns = [AnyPgColumn, ...AnyPgColumn[]];

interface Reference {
  readonly name: string;
  readonly columns: Columns;
  readonly parent: Columns;
}

/**
 * The agency a row belongs to, repeated in every table so that a policy needs no join. Keys to a parent include it, so a
 * row cannot belong to another agency than its parent, and a key error says the same whether the parent exists or is
 * another agency's.
 */
export const agencyId = () => uuid("agency_id").notNull();

/** A key to the row this one is a part of: it goes when that goes. */
export const partOf = ({ name, columns, parent }: Reference) =>
  foreignKey({ name, columns, foreignColumns: parent }).onDelete("cascade");

/** A key to a row that stays as long as something refers to it. */
export const refersTo = ({ name, columns, parent }: Reference) => foreignKey({ name, columns, foreignColumns: parent });

/** An ISO 4217 code, in capitals. */
export const currencyCheck = (name: string, column: AnyPgColumn) => check(name, sql`${column} ~ '^[A-Z]{3}$'`);

/** A zone Postgres knows, or none. */
export const timeZoneCheck = (name: string, ...columns: AnyPgColumn[]) =>
  check(
    name,
    sql.join(
      columns.map((column) => sql`tenancy.is_time_zone(${column})`),
      sql` and `,
    ),
  );

const conditions: Record<Rule, string> = {
  agency: "agency_id = (select tenancy.agency_id())",
  ownAgency: "id = (select tenancy.agency_id())",
  admin: "agency_id = (select tenancy.admin_agency_id())",
  ownAgencyAdmin: "id = (select tenancy.admin_agency_id())",
  self: "id = (select tenancy.user_id())",
  everyUser: "(select tenancy.agency_id()) is not null",
};

/** The policies `table` was decided to have. Each asks for the claims in a sub-select, so once per statement. */
export function policies(table: string): PgPolicy[] {
  const decision = tableDecisions[table];
  if (!decision) throw new Error(`No decision about table ${table}: add it to db/schema/decisions.ts`);
  return (["select", "insert", "update", "delete"] as const).flatMap((operation) => {
    const rule = decision.authenticated[operation];
    if (!rule) return [];
    const condition: SQL = sql.raw(conditions[rule]);
    return pgPolicy(`${table}_${operation}`, {
      for: operation,
      to: authenticatedRole,
      ...(operation === "insert" ? {} : { using: condition }),
      ...(operation === "insert" || operation === "update" ? { withCheck: condition } : {}),
    });
  });
}
