import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql, TransactionSql } from "postgres";
import { fillIn } from "../../../db/connection/literal.ts";
import { rolledBack } from "./live.ts";
import type { Source } from "./source.ts";

const publisherSql = readFileSync(join(import.meta.dirname, "publisher.sql"), "utf8");

/** The publisher's schema as its reader sees it. */
export interface PublisherFacts {
  relations: {
    name: string;
    owner: string;
    /** As `pg_class.relkind`. */
    kind: string;
    /** Row-level security is on. */
    secured: boolean;
    /** By the statistics; below 0 where there are none. */
    rows: number;
  }[];
  /** Tables and views the reader may select from. Materialized views are not listed by any view of the server. */
  readable: string[];
  /** The reader's login and the roles it is a member of. */
  roles: string[];
  policies: {
    table: string;
    name: string;
    permissive: boolean;
    roles: string[];
    /** ALL, SELECT, ... */
    command: string;
    /** The condition as the server prints it; null where there is none. */
    condition: string | null;
  }[];
}

/** Where the views of the publisher are found: in its own session, or as foreign tables in one schema. */
export interface PublisherViews {
  catalog: string;
  information: string;
}

/** In a session of the reader itself. */
export const OWN_VIEWS: PublisherViews = { catalog: "pg_catalog", information: "information_schema" };

/** Reads them, in the session of the reader or through foreign tables, where no function would be carried out there. */
export async function readPublisher(
  sql: Sql | TransactionSql,
  options: { views: PublisherViews; schema: string },
): Promise<PublisherFacts> {
  const { views, schema } = options;
  const text = fillIn(publisherSql, { ...views, schema });
  const [row] = await sql.unsafe<{ facts: PublisherFacts }[]>(text);
  if (!row) throw new Error(`Reading schema ${schema} of the publisher: the server returned no row`);
  return row.facts;
}

/** Reads them from the subscriber's database, through the foreign server. Leaves nothing behind. */
export function readPublisherThrough(sql: Sql, source: Source): Promise<PublisherFacts> {
  return rolledBack(sql, async (transaction) => {
    const [row] = await transaction<{ scratch: string }[]>`
      select environment.open_remote_catalogs(${JSON.stringify(source)}::text::jsonb) as scratch`;
    const views = { catalog: row?.scratch ?? "", information: row?.scratch ?? "" };
    return readPublisher(transaction, { views, schema: source.remoteSchema });
  });
}

/** One thing on the publisher that keeps rows or tables from the reader. */
export interface Withheld {
  readonly table: string;
  /** In words. */
  readonly found: string;
  /** What its owner, or `up` on the publisher, has to do. */
  readonly next: string;
}

/**
 * What the publisher keeps from the reader. A row can only be withheld by row-level security, so policies decide; that a
 * table reads as empty while the publisher's statistics count rows is looked at as well, in case they are misread.
 */
export function withheld(
  facts: PublisherFacts,
  options: { schema: string; tables: readonly string[]; empty: readonly string[] },
): Withheld[] {
  const { schema, tables, empty } = options;
  return facts.relations.flatMap(({ name, owner, kind, secured, rows }): Withheld[] => {
    const table = `${schema}.${name}`;
    if (kind !== "m" && !facts.readable.includes(name)) {
      const next = `run \`up\` on the publisher, or have ${owner} grant select on ${table}`;
      return [{ table: name, found: `${table} belongs to ${owner}, and the reader may not read it`, next }];
    }
    if (!tables.includes(name)) return [];
    const hiding = secured ? hidingPolicies(facts, name) : [];
    if (hiding.length > 0) return hiding.map((one) => ({ table: name, ...one }));
    if (!empty.includes(name) || rows <= 0) return [];
    const found = `${table} reads as empty, and the publisher's statistics count about ${rows} rows`;
    return [{ table: name, found, next: "count its rows on the publisher: they may have been deleted since" }];
  });
}

function hidingPolicies({ policies, roles }: PublisherFacts, table: string): Omit<Withheld, "table">[] {
  const ours = policies.filter(
    (policy) =>
      policy.table === table &&
      ["ALL", "SELECT"].includes(policy.command) &&
      policy.roles.some((role) => role === "public" || roles.includes(role)),
  );
  const open = ours.some(({ permissive, condition }) => permissive && condition === "true");
  const next = "run `up` on the publisher: it adds the reader's policy";
  const found = open ? [] : [{ found: `row-level security hides rows of ${table} from the reader`, next }];
  const restrictive = ours.filter(
    ({ permissive, condition }) => !permissive && condition !== null && condition !== "true",
  );
  return [
    ...found,
    ...restrictive.map(({ name }) => ({
      found: `the restrictive policy "${name}" hides rows of ${table} from the reader`,
      next: `have its owner name the roles it is for: alter policy "${name}" on the table to ROLES`,
    })),
  ];
}
