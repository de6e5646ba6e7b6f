import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Sql } from "postgres";
import { z } from "zod";

const root = join(import.meta.dirname, "../..");
const query = readFileSync(join(import.meta.dirname, "platform-found.sql"), "utf8");

const anyObject = z.record(z.string(), z.unknown());
/** The parts of facts/platform-facts.json that a run can ask a project for. */
const factsShape = z.object({
  about: z.object({ taken: z.string() }),
  roles: z.object({ atBirth: z.record(z.string(), anyObject) }),
  schemas: z.record(z.string(), anyObject),
  extensions: z.object({ installed: z.object({ list: z.array(anyObject) }) }),
  eventTriggers: z.object({ list: z.record(z.string(), anyObject) }),
  databases: z.array(anyObject),
  settings: z.object({ list: z.record(z.string(), z.object({ value: z.string() }).loose()) }),
});
type Facts = z.infer<typeof factsShape>;

/** One place where a project is not what the facts say. */
export interface Difference {
  /** Such as `roles.anon.config`. */
  readonly path: string;
  /** What the facts say; null where they know no such thing. */
  readonly fact: unknown;
  /** What was found; null where there is none. */
  readonly found: unknown;
}

/** What a run found of the platform, to be attached to a report. Holds no secret, ref, host or name of a person. */
export interface PlatformReport {
  readonly format: 1;
  /** ISO 8601. */
  readonly taken: string;
  readonly factsTaken: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<string, unknown>>;
  readonly differences: readonly Difference[];
  /** Everything that was asked for, in the shape of the facts. */
  readonly found: Readonly<Record<string, unknown>>;
}

/** Asks a project what it is, and compares that with the facts. Changes nothing. */
export async function lookAtPlatform(sql: Sql, versions: Readonly<Record<string, string>>): Promise<PlatformReport> {
  const facts = readFacts();
  const settings = JSON.stringify(Object.keys(facts.settings.list));
  const [row] = await sql.unsafe<{ found: Record<string, Record<string, unknown>> }[]>(query, [settings]);
  if (!row) throw new Error("Asking the project what it is: the server returned no row");
  const { variants = {}, versions: server = {}, ...found } = row.found;
  return {
    format: 1,
    taken: new Date().toISOString(),
    factsTaken: facts.about.taken,
    versions: { ...versions, ...(server as Record<string, string>) },
    variants,
    differences: differencesFrom(inShapeOfReport(facts), found),
    found,
  };
}

/** Writes it where nothing of the run is removed. @returns the file */
export async function writePlatformReport(report: PlatformReport, file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}

/** The facts of this checkout. */
export function readFacts(): Facts {
  return factsShape.parse(JSON.parse(readFileSync(join(root, "facts/platform-facts.json"), "utf8")));
}

/** What the facts say, as a report says it. */
export function inShapeOfReport(facts: Facts): Record<string, Record<string, unknown>> {
  const byName = (list: readonly Record<string, unknown>[]) =>
    Object.fromEntries(list.map(({ name, ...rest }) => [String(name), rest]));
  const roles = Object.entries(facts.roles.atBirth).map(([name, { memberOf, validUntil: _, ...role }]) => [
    name,
    { ...role, config: sorted(role.config), memberOf: sorted((memberOf as Membership[]).map(membership)) },
  ]);
  const triggers = Object.entries(facts.eventTriggers.list).map(([name, { event, owner, enabled, ...one }]) => [
    name,
    { event, owner, enabled, function: one.function },
  ]);
  const databases = facts.databases.filter(({ name }) => name === "postgres");
  return {
    roles: Object.fromEntries(roles),
    schemas: facts.schemas,
    extensions: byName(facts.extensions.installed.list),
    eventTriggers: Object.fromEntries(triggers),
    databases: byName(databases.map(({ acl: _, connectionLimit: __, ...one }) => one)),
    settings: Object.fromEntries(Object.entries(facts.settings.list).map(([name, { value }]) => [name, value])),
  };
}

interface Membership {
  role: string;
  admin: boolean;
  inherit: boolean;
  set: boolean;
}

function membership({ role, ...options }: Membership): string {
  const held = (["admin", "inherit", "set"] as const).filter((option) => options[option]);
  return `${role} (${held.join(", ")})`;
}

const sorted = (value: unknown): unknown => (Array.isArray(value) ? [...value].sort() : value);
/** What the facts say about themselves. */
const ABOUT = new Set(["certainty", "note", "varies", "source"]);

/** Every place where the two are not alike, objects by object and each of their properties. */
export function differencesFrom(
  facts: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): Difference[] {
  return compare("", facts, found).sort((one, other) => (one.path < other.path ? -1 : 1));
}

function compare(path: string, fact: unknown, found: unknown): Difference[] {
  if (isObject(fact) && isObject(found)) {
    const names = [...new Set([...Object.keys(fact), ...Object.keys(found)])].filter((name) => !ABOUT.has(name));
    return names.flatMap((name) => compare(path === "" ? name : `${path}.${name}`, fact[name], found[name]));
  }
  return JSON.stringify(fact ?? null) === JSON.stringify(found ?? null)
    ? []
    : [{ path, fact: fact ?? null, found: found ?? null }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
