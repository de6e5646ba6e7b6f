import type { Sql } from "postgres";
import { failureOf, probeRoles } from "../../../../providers/database/foreign/probe.ts";
import { OWN_VIEWS, readPublisher, type Withheld, withheld } from "../../../../providers/database/foreign/publisher.ts";
import type { DatabaseLogin } from "../../../session/login.ts";
import { type Finding, findingId } from "../finding.ts";
import { readOnly } from "../target.ts";
import { type Columns, type Places, readColumns, readCounts, readForeignTables, readMapped } from "./catalog-read.ts";
import type { CatalogSource } from "./catalog-source.ts";

/** Seconds one table may take to be read. */
const PROBE_SECONDS = 10;

/**
 * Compares foreign tables with the publisher's, and reads each of them as every role that has a mapping. Reads only, on
 * both sides. What is wrong with one table is said once: a table that differs is not read.
 * @param declared names of the foreign tables that the migrations make
 */
export async function checkCatalog(
  target: DatabaseLogin,
  source: CatalogSource,
  declared: readonly string[],
): Promise<Finding[]> {
  const local = await readOnly(target, async (sql) => ({
    columns: await readColumns(sql, { schema: source.localSchema, server: source.server }),
    placed: await readForeignTables(sql, source.localSchema),
    mapped: await readMapped(sql, source),
    secret: await readSecret(sql, source.vaultSecret),
  }));
  const misplaced = comparePlaces(source, local.placed, declared);
  if (local.secret === undefined) {
    const found = `the Vault holds no secret ${source.vaultSecret}`;
    return [...misplaced.findings, unreadable(source, { found, advice: "Run npm run up here." })];
  }
  const { host = "", port = "5432", dbname = "postgres" } = source.options;
  const reader = { host, port: Number(port), database: dbname, user: source.user, password: local.secret };
  const tables = declared.filter((table) => !misplaced.tables.has(table));
  try {
    const remote = await readOnly(reader, async (sql) => ({
      columns: await readColumns(sql, { schema: source.remoteSchema }),
      facts: await readPublisher(sql, { views: OWN_VIEWS, schema: source.remoteSchema }),
      counts: await readCounts(sql, { schema: source.remoteSchema, tables }),
    }));
    const columns = compareColumns(source, { local: local.columns, remote: remote.columns, tables });
    const whole = tables.filter((table) => !columns.tables.has(table));
    const kept = (empty: readonly string[]) =>
      withheld(remote.facts, { schema: source.remoteSchema, tables: whole, empty });
    const withheldTables = new Set(kept([]).map(({ table }) => table));
    const readable = whole.filter((table) => !withheldTables.has(table));
    const [probes, counts] = await Promise.all([
      probeCatalog(target, { ...source, roles: local.mapped }, readable),
      readOnly(target, (sql) => readCounts(sql, { schema: source.localSchema, tables: readable })),
    ]);
    return [
      ...misplaced.findings,
      ...columns.findings,
      ...withheldFindings(source, kept(probes.empty)),
      ...probes.findings,
      // A role that cannot read says why; a number it did not get says nothing more.
      ...(probes.findings.length > 0 ? [] : compareCounts(source, counts, onlyOf(remote.counts, readable))),
    ];
  } catch (error) {
    if (!refusesLogin(error)) throw error;
    const { said, cause, next } = failureOf(error, tables);
    return [...misplaced.findings, unreadable(source, { found: `${said}: ${cause}`, advice: next })];
  }
}

export async function readSecret(sql: Sql, name: string): Promise<string | undefined> {
  const [row] = await sql`select decrypted_secret from vault.decrypted_secrets where name = ${name}`;
  return row?.decrypted_secret;
}

function refusesLogin(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^28/.test(String(error.code));
}

/** Every column of every table as each role, each on a backend of its own. */
async function probeCatalog(
  target: DatabaseLogin,
  source: CatalogSource,
  tables: readonly string[],
): Promise<{ findings: Finding[]; empty: readonly string[] }> {
  const probes = await probeRoles({
    fresh: (work) => readOnly(target, work),
    roles: source.roles,
    schema: source.localSchema,
    tables,
    timeoutSeconds: PROBE_SECONDS,
  });
  const findings = probes.flatMap(({ role, failures }) =>
    failures.map((failure) =>
      drift(
        failure.tables.length === tables.length
          ? `catalog as ${role}`
          : `catalog as ${role}: ${failure.tables.join(", ")}`,
        {
          expected: `${role} reads all ${tables.length} tables`,
          found: `${failure.said}: ${failure.cause}`,
          advice: failure.next,
        },
      ),
    ),
  );

  return { findings, empty: probes.find(({ failures }) => failures.length === 0)?.empty ?? [] };
}

interface Compared {
  readonly findings: readonly Finding[];
  /** The tables they are about. */
  readonly tables: ReadonlySet<string>;
}

/** Foreign tables that are missing, that are not declared, or that read another table than the one of their name. */
function comparePlaces(source: CatalogSource, placed: Places, declared: readonly string[]): Compared {
  const tables = new Set<string>();
  const findings = [...new Set([...declared, ...placed.keys()])].sort().flatMap((table): Finding[] => {
    const found = placed.get(table) ?? "not there";
    const place = `${source.server}: ${source.remoteSchema}.${table}`;
    const expected = declared.includes(table) ? `reads ${place}` : "not there";
    if (`reads ${found}` === expected) return [];
    tables.add(table);
    const advice = declared.includes(table) ? "npm run up makes it again." : "Drop it by hand.";
    const how = declared.includes(table) ? "up" : "hand";
    const one = drift(`foreign table ${source.localSchema}.${table}`, {
      expected,
      found: placed.has(table) ? `reads ${found}` : found,
      advice,
    });
    return [{ ...one, repair: { ...one.repair, how, safe: how === "up" } }];
  });
  return { findings, tables };
}

function compareColumns(
  source: CatalogSource,
  { local, remote, tables: asked }: { local: Columns; remote: Columns; tables: readonly string[] },
): Compared {
  const tables = new Set<string>();
  const findings = asked.flatMap((table): Finding[] => {
    const columns = local.get(table) ?? new Map<string, string>();
    const published = remote.get(table);
    const object = `foreign table ${source.localSchema}.${table}`;
    const up = "npm run up takes over the publisher's columns.";
    if (!published) {
      tables.add(table);
      return [drift(object, { expected: "a table the publisher has", found: "no such table there", advice: up })];
    }
    return [...new Set([...columns.keys(), ...published.keys()])].flatMap((column) => {
      const here = columns.get(column) ?? "no such column";
      const there = published.get(column) ?? "no such column";
      if (here === there) return [];
      tables.add(table);
      return [
        drift(`column ${source.localSchema}.${table}.${column}`, {
          expected: `as published: ${there}`,
          found: here,
          advice: up,
        }),
      ];
    });
  });
  return { findings, tables };
}

function compareCounts(source: CatalogSource, here: Record<string, number>, there: Record<string, number>): Finding[] {
  return Object.entries(there).flatMap(([table, count]) =>
    here[table] === count
      ? []
      : [
          drift(`rows of ${source.localSchema}.${table}`, {
            expected: `${count}, as on the publisher`,
            found: String(here[table]),
            advice:
              "Look at the foreign server's options and at the publisher's policies; rows may also have come in between.",
          }),
        ],
  );
}

function onlyOf(counts: Record<string, number>, tables: readonly string[]): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([table]) => tables.includes(table)));
}

function withheldFindings(source: CatalogSource, kept: readonly Withheld[]): Finding[] {
  return [...new Set(kept.map(({ table }) => table))].map((table) => {
    const about = kept.filter((one) => one.table === table);
    return drift(`table ${source.remoteSchema}.${table} of the publisher`, {
      expected: `all of it is readable by ${source.user}`,
      found: about.map(({ found }) => found).join("; "),
      advice: about.map(({ next }) => next).join("; "),
    });
  });
}

function unreadable(source: CatalogSource, about: { found: string; advice: string }): Finding {
  return drift(`reader ${source.user}`, { expected: "may log in at the publisher", ...about });
}

function drift(object: string, about: { expected: string; found: string; advice: string }): Finding {
  const { expected, found, advice } = about;
  const repair = { how: "up", safe: true, advice } as const;
  return { id: findingId("catalog", object), layer: "catalog", severity: "high", object, expected, found, repair };
}
