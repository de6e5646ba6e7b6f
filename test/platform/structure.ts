import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import { root } from "../support/run.ts";

/** What a fresh project has otherwise here than on the platform. */
export interface StructureDifference {
  /** Section, object, property: `roles/anon/config`. */
  readonly path: string;
  /** JSON text; `absent` where there is none. */
  readonly there: string;
  readonly here: string;
}

type Json = string | number | boolean | null | readonly Json[] | Tree;
interface Tree {
  readonly [key: string]: Json;
}

/** Sections of the facts, as far as they describe structure. */
interface Facts {
  readonly roles: { readonly atBirth: Record<string, Tree & { readonly memberOf: readonly Tree[] }> };
  readonly schemas: Record<string, Tree>;
  readonly defaultPrivileges: { readonly atBirth: readonly Tree[] };
  readonly extensions: { readonly installed: { readonly list: readonly Tree[] } };
  readonly eventTriggers: { readonly list: Record<string, Tree> };
  readonly functions: { readonly list: readonly Tree[] };
  readonly relations: { readonly list: readonly Tree[]; readonly triggers: readonly string[] };
  readonly publications: { readonly list: readonly Tree[] };
  readonly databases: readonly Tree[];
  readonly parameterPrivileges: { readonly list: readonly Tree[] };
  readonly systemFunctions: { readonly list: readonly Tree[] };
  readonly settings: { readonly list: Record<string, { readonly value: Json }> };
}

const facts: Facts = JSON.parse(readFileSync(join(root, "facts/platform-facts.json"), "utf8"));
const query = readFileSync(join(import.meta.dirname, "structure.sql"), "utf8");

/** Words of the facts about an item that describe no property of it. */
const ABOUT = [
  "certainty",
  "note",
  "varies",
  "effect",
  "name",
  "arguments",
  "function",
  "parameter",
  "extension",
  "source",
];

/** Sections of which the facts name a part: what else is there here says nothing. */
const PARTS = ["functions", "systemFunctions", "settings"];

/**
 * Asks a project for what the facts describe.
 * @param sql a session of `postgres`
 */
export async function readStructure(sql: Sql): Promise<Record<string, Tree>> {
  const [row] = await sql.unsafe<{ document: string }[]>(`select document::text from (${query}) asked`);
  return JSON.parse(row?.document ?? "{}");
}

/** Every difference between a project and the facts, in the order of their paths. */
export function compareStructure(here: Record<string, Tree>): StructureDifference[] {
  const differences = Object.entries(structureOfFacts()).flatMap(([section, there]) =>
    compare({ path: section, there, here: here[section] ?? {}, part: PARTS.includes(section) }),
  );
  return differences.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function structureOfFacts(): Record<string, Tree> {
  return {
    roles: mapped(facts.roles.atBirth, (role) => ({
      ...bare(role),
      memberOf: named(role.memberOf, ({ role: of }) => String(of), ["role"]),
    })),
    schemas: mapped(facts.schemas, (schema) => bare(schema)),
    defaultPrivileges: mapped(
      named(facts.defaultPrivileges.atBirth, ({ owner, schema, objects }) => `${owner} ${schema} ${objects}`),
      ({ acl }) => acl as Json,
    ),
    extensions: named(facts.extensions.installed.list, ({ name }) => String(name)),
    eventTriggers: mapped(facts.eventTriggers.list, ({ effect: _, ...trigger }) => trigger),
    functions: named(facts.functions.list, (item) => `${item.name}(${item.arguments})`),
    relations: relationsOfFacts(),
    publications: named(facts.publications.list, ({ name }) => String(name)),
    databases: named(facts.databases, ({ name }) => String(name)),
    databaseSettings: {},
    parameterPrivileges: mapped(
      named(facts.parameterPrivileges.list, ({ parameter }) => String(parameter)),
      ({ acl }) => acl as Json,
    ),
    systemFunctions: named(facts.systemFunctions.list, (item) => String(item.function)),
    settings: mapped(facts.settings.list, ({ value }) => value),
  };
}

/** Columns are compared by name, since the facts name those that matter only; triggers stand in a list of their own. */
function relationsOfFacts(): Record<string, Tree> {
  const triggers = new Map(facts.relations.triggers.map((text) => text.split(": ") as [string, string]));
  return mapped(
    named(facts.relations.list, ({ name }) => String(name), ["columns"]),
    (relation, name) => {
      const columns = facts.relations.list.find((item) => item.name === name)?.columns;
      return {
        ...relation,
        triggers: triggers.get(name)?.split(", ") ?? [],
        policies: [],
        ...(columns ? { columns: namesOf(String(columns)) } : {}),
      };
    },
  );
}

/** "id uuid, phone text (generated)" -> ["id", "phone"] */
function namesOf(columns: string): string[] {
  return columns
    .split(",")
    .map((column) => column.trim().replace(/^and /, "").split(" ")[0] ?? "")
    .filter((name) => name !== "as");
}

function compare(options: { path: string; there: Tree; here: Tree; part: boolean }): StructureDifference[] {
  const { path, there, here, part } = options;
  const keys = new Set([...Object.keys(there), ...(part ? [] : Object.keys(here))]);
  return [...keys].flatMap((key) => {
    const [a, b] = [there[key], here[key]];
    const at = `${path}/${key}`;
    if (isTree(a) && isTree(b)) {
      // Properties the facts do not speak of are no difference.
      return compare({ path: at, there: a, here: b, part: !at.endsWith("/memberOf") });
    }
    return text(at, a) === text(at, b, a) ? [] : [{ path: at, there: text(at, a), here: text(at, b, a) }];
  });
}

/** ACLs and the like are sets; of columns, only those the facts name are shown. */
function text(path: string, value: Json | undefined, there?: Json): string {
  if (value === undefined) return "absent";
  if (!Array.isArray(value)) return isTree(value) ? "present" : JSON.stringify(value);
  const shown =
    path.endsWith("/columns") && Array.isArray(there) ? value.filter((item) => there.includes(item)) : value;
  return JSON.stringify([...shown].sort());
}

const isTree = (value: Json | undefined): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function bare(item: Tree, without: readonly string[] = []): Tree {
  return Object.fromEntries(Object.entries(item).filter(([key]) => ![...ABOUT, ...without].includes(key)));
}

function named(
  items: readonly Tree[],
  name: (item: Tree) => string,
  without: readonly string[] = [],
): Record<string, Tree> {
  return Object.fromEntries(items.map((item) => [name(item), bare(item, without)]));
}

function mapped<T, R extends Json>(items: Record<string, T>, change: (item: T, name: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, change(item, name)]));
}
