import type { Sql } from "postgres";
import { failureOf, probeRoles } from "../../providers/database/foreign/probe.ts";
import { OWN_VIEWS, readPublisher, type Withheld, withheld } from "../../providers/database/foreign/publisher.ts";
import { type Finding, findingId } from "../finding.ts";
import { readOnly, type Target } from "../target.ts";
import { type Columns, readColumns, readCounts } from "./catalog-read.ts";
import type { CatalogSource } from "./catalog-source.ts";

/** Seconds one table may take to be read. */
const PROBE_SECONDS = 10;

/** Compares foreign tables with the publisher's, and reads each of them as every role. Reads only, on both sides. */
export async function checkCatalog(target: Target, source: CatalogSource): Promise<Finding[]> {
  const local = await readOnly(target, async (sql) => ({
    columns: await readColumns(sql, { schema: source.localSchema, server: source.server }),
    secret: await readSecret(sql, source.vaultSecret),
  }));
  if (local.secret === undefined) {
    return [
      unreadable(source, { found: `the Vault holds no secret ${source.vaultSecret}`, advice: "Run npm run up here." }),
    ];
  }
  const { host = "", port = "5432", dbname = "postgres" } = source.options;
  const reader = { host, port: Number(port), database: dbname, user: source.user, password: local.secret };
  const tables = [...local.columns.keys()].sort();
  try {
    const [remote, probes] = await Promise.all([
      readOnly(reader, async (sql) => ({
        columns: await readColumns(sql, { schema: source.remoteSchema }),
        facts: await readPublisher(sql, { views: OWN_VIEWS, schema: source.remoteSchema }),
        counts: await readCounts(sql, { schema: source.remoteSchema, tables }),
      })),
      probeCatalog(target, source, tables),
    ]);
    const counts = await readOnly(target, (sql) =>
      readCounts(sql, { schema: source.localSchema, tables: Object.keys(remote.counts) }),
    );
    return [
      ...compareColumns(source, local.columns, remote.columns),
      ...withheldFindings(source, withheld(remote.facts, { schema: source.remoteSchema, tables, empty: probes.empty })),
      ...probes.findings,
      ...compareCounts(source, counts, remote.counts),
    ];
  } catch (error) {
    if (!refusesLogin(error)) throw error;
    const { said, cause, next } = failureOf(error, tables);
    return [
      unreadable(source, { found: `${said}: ${cause}`, advice: next }),
      ...(await probeCatalog(target, source, tables)).findings,
    ];
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
  target: Target,
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

function compareColumns(source: CatalogSource, local: Columns, remote: Columns): Finding[] {
  return [...local].flatMap(([table, columns]): Finding[] => {
    const published = remote.get(table);
    const object = `foreign table ${source.localSchema}.${table}`;
    const up = "npm run up takes over the publisher's columns.";
    if (!published)
      return [drift(object, { expected: "a table the publisher has", found: "no such table there", advice: up })];
    return [...new Set([...columns.keys(), ...published.keys()])].flatMap((column) => {
      const here = columns.get(column) ?? "no such column";
      const there = published.get(column) ?? "no such column";
      if (here === there) return [];
      return [
        drift(`column ${source.localSchema}.${table}.${column}`, {
          expected: `as published: ${there}`,
          found: here,
          advice: up,
        }),
      ];
    });
  });
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
