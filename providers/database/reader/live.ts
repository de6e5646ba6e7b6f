import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql, TransactionSql } from "postgres";
import { loginsOf } from "../../../names/reader.ts";

const liveSql = readFileSync(join(import.meta.dirname, "live.sql"), "utf8");

/** One role as it is. */
export interface LiveRole {
  canLogin: boolean;
  inherits: boolean;
  connectionLimit: number;
  /** Any of SUPERUSER, CREATEDB, CREATEROLE, REPLICATION, BYPASSRLS. */
  powerful: boolean;
  /** `name=value`, as ALTER ROLE ... SET stored them. */
  settings: string[];
  /** When its log-ins end, ISO 8601; null where they do not. */
  endsAt: string | null;
  /** Databases in which it has settings of its own. */
  databases: string[];
  /** Roles it is a member of. */
  memberOf: string[];
  /** Roles that are members of it, but for the reader's own and this session's. */
  members: string[];
  /** Sessions it has now. */
  sessions: number;
}

/** A privilege on an object, in words and as the parts of a REVOKE. */
interface Excess {
  grantee: string;
  privilege: string;
  kind:
    | "schema"
    | "table"
    | "sequence"
    | "database"
    | "routine"
    | "foreign server"
    | "foreign data wrapper"
    | "large object";
  /** Quoted and qualified. */
  object: string;
}

/** Everything that decides what a reader may do, as it is now. */
export interface Live {
  schemaExists: boolean;
  /** The server knows transaction_timeout: PostgreSQL 17 and later. */
  boundsTransactions: boolean;
  roles: Record<string, LiveRole>;
  /** The group has USAGE on the schema. */
  usage: boolean;
  /** Relations of the schema, quoted and qualified, that the group may not read. */
  unreadable: { name: string; owner: string; grantable: boolean }[];
  /** Roles whose future tables in the schema the group would not be able to read. */
  creators: string[];
  /** Tables with row-level security that would hide rows from the group. */
  hidden: { name: string; owner: string; ours: boolean }[];
  /** Restrictive policies that would hide rows from the reader, whatever its own policy says. */
  restrictive: { name: string; owner: string; policy: string }[];
  /** Tables with row-level security of which this role sees every row, and few enough to be counted. */
  countable: string[];
  /** What the roles were granted beyond SELECT in the schema. */
  excess: Excess[];
}

/** A table with more rows than this, by its statistics, is not counted: its policies alone are looked at. */
const COUNTED_ROWS = 100_000;

/** Reads the live state of a reader in one round trip. */
export async function readLive(sql: Sql | TransactionSql, reader: { name: string; schema: string }): Promise<Live> {
  const [a, b] = loginsOf(reader.name);
  const [row] = await sql.unsafe<{ live: Live }[]>(liveSql, [reader.name, a, b, reader.schema, COUNTED_ROWS]);
  if (!row) throw new Error(`Reading role ${reader.name}: the server returned no row`);
  return row.live;
}
