import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseLogin } from "../../../session/login.ts";
import { readOnly } from "../target.ts";
import { PLATFORM_PATTERN } from "./platform-role.ts";

/**
 * How rows of a kind are compared; each is a folder of one `.sql` per kind.
 *
 * - `state`: as at birth and as the migrations have made it since, both ways.
 * - `platform`: on what is the platform's own, only what is there beyond that.
 * - `schema`: a customer's own objects, with what the migrations make.
 * - `covered`: what pg-delta compares as well, and says in more detail.
 */
const SCOPES = ["state", "platform", "schema", "covered"] as const;
export type Scope = (typeof SCOPES)[number];

/** One property of one object, as text. Several rows of one aspect are a set: the privileges of a role on a table. */
export interface Row {
  /** Kind and name, as `role anon`. */
  readonly object: string;
  readonly aspect: string;
  readonly value: string;
  /** Who made or owns it, where the catalogs say so. */
  readonly maker?: string | undefined;
}

export type Rows = Readonly<Record<Scope, readonly Row[]>>;

/** What a session is told first: names with their schemas; no compiler, which takes longer than the statement does. */
export const BEFORE_ROWS = "select set_config('search_path', 'pg_catalog', false), set_config('jit', 'off', false)";

/** All kinds as one statement: a check asks it in one round trip. */
export const ROWS = [
  readFileSync(join(import.meta.dirname, "prelude.sql"), "utf8").replace("{{platform roles}}", PLATFORM_PATTERN),
  SCOPES.flatMap((scope) =>
    readdirSync(join(import.meta.dirname, scope))
      .filter((name) => name.endsWith(".sql"))
      .sort()
      .map((name) => readFileSync(join(import.meta.dirname, scope, name), "utf8"))
      .map((kind) => `select '${scope}' as scope, k.* from (\n${kind}\n) k (object, aspect, value, maker)`),
  ).join("\nunion all\n"),
].join("\n");

/** A row as the statement answers it. */
export interface Told {
  readonly scope: Scope;
  readonly object: string;
  readonly aspect: string;
  readonly value: string | null;
  readonly maker: string | null;
}

/** Everything of every kind that a database has, and its cluster. */
export function readRows(target: DatabaseLogin): Promise<Rows> {
  return readOnly(target, async (sql) => {
    await sql.unsafe(BEFORE_ROWS);
    return toldRows(await sql.unsafe<Told[]>(ROWS));
  });
}

/** Sorts what the statement answered by how it is compared. */
export function toldRows(found: readonly Told[]): Rows {
  const of = (scope: Scope): Row[] =>
    found
      .filter((row) => row.scope === scope)
      .map(({ object, aspect, value, maker }) => ({
        object,
        aspect,
        value: value ?? "",
        ...(maker === null ? {} : { maker }),
      }));
  return { state: of("state"), platform: of("platform"), schema: of("schema"), covered: of("covered") };
}

/** Names a row's aspect: what one finding is about. */
export function keyOf({ object, aspect }: Pick<Row, "object" | "aspect">): string {
  return `${object}#${aspect}`;
}

/** Rows of one list that another has not, as what they say. */
export function rowsBeyond(one: readonly Row[], other: readonly Row[]): Row[] {
  const known = new Set(other.map(wordsOf));
  return one.filter((row) => !known.has(wordsOf(row)));
}

/** What a row says, without its maker. */
export function wordsOf(row: Row): string {
  return `${keyOf(row)}=${row.value}`;
}
