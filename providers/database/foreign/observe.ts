import type { Sql } from "postgres";
import { isReadOnly } from "../../host/read-only.ts";
import type { Database } from "../connection/database.ts";
import { grantDifferences, type LiveCatalog, readCatalog, tableDifferences } from "./live.ts";
import { answerOfProbe, type Fresh, failureOf, inOneLine, probeRoles, READABLE } from "./probe.ts";
import { readPublisherThrough, withheld } from "./publisher.ts";
import { missingFoundation, type Source, sourceOf } from "./source.ts";
import { staleStatistics } from "./statistics.ts";

/** What is wanted, beyond the source itself. */
export interface WantedCatalog extends Source {
  tables: string[];
  timeoutSeconds: number;
  /** Ranges the publisher's network restrictions admit; undefined or none where nothing is known of any. */
  allowedFrom?: readonly string[] | undefined;
}

/** Live values under the names of the inputs, and what is wrong in words. */
export interface Observation {
  user?: string;
  options?: Record<string, string>;
  tables?: string[];
  roles?: string[];
  differences: string[];
  /** Per role `ok`, or why it cannot read the catalog; left out where nothing was read. */
  probes?: Record<string, string>;
  /** What the publisher keeps from its reader, in words; only the publisher can change it. */
  withheld?: string[];
}

// environment.ensure_catalog_server adds them where the source does not say otherwise.
const DEFAULT_OPTIONS = { updatable: "false", truncatable: "false" };

/** What is wrong on this side of a foreign catalog, in words; drift checks tell by them what follows from what. */
export const DIFFERENCES = {
  secretMissing: "the Vault secret with the reader's password is missing",
  passwordDiffers: "the mapping holds another password than the Vault",
  settingDiffers: "the setting catalog_source is another than the catalog was set up with",
  unmapped: (role: string) => `${role} has no mapping`,
} as const;

/** Reads the live state of a foreign catalog; undefined where its server does not exist. */
export async function observeCatalog(options: {
  database: Database;
  signal: AbortSignal;
  wanted: WantedCatalog;
}): Promise<Observation | undefined> {
  const { database, signal, wanted } = options;
  const source = sourceOf(wanted);
  const [server] = await database.pool`select 1 from pg_catalog.pg_foreign_server where srvname = ${wanted.server}`;
  if (!server) return undefined;
  const missing = await missingFoundation(database.pool);
  if (missing) return { differences: [missing], probes: {}, withheld: [] };
  const live = await readCatalog(database.pool, source);
  if (!live) return undefined;
  const roles = wanted.roles.filter((role) => live.mapped.includes(role));
  const unmapped = wanted.roles.filter((role) => !roles.includes(role)).map(DIFFERENCES.unmapped);
  const own = {
    ...(live.ownMapping ? { user: live.ownMapping.user ?? "" } : {}),
    options: liveOptions(live, source),
    roles: [...roles, ...live.mapped.filter((role) => !roles.includes(role))],
  };
  // A check that may not write compares tables, grants and rows by itself: some of it is found out by trying here.
  if (isReadOnly()) return { ...own, differences: [...ownDifferences(live), ...unmapped] };
  const tables = wanted.tables.filter((table) => live.tables.includes(table));
  const bound = { signal, statementTimeoutMs: wanted.timeoutSeconds * 1000 };
  const [grants, published, reading, guessed] = await Promise.all([
    grantDifferences(database.pool, source, wanted.tables),
    database.fresh((sql) => compareWithPublisher(sql, wanted), bound),
    readCatalogAs({ database, signal, wanted: { ...wanted, tables, roles } }),
    database.fresh((sql) => staleStatistics(sql, { ...wanted, tables }), bound),
  ]);
  const unreadable = Object.entries(reading.probes).filter(([, answer]) => answer !== READABLE);
  return {
    ...own,
    tables: [...tables, ...live.tables.filter((table) => !tables.includes(table))],
    differences: [
      ...ownDifferences(live),
      ...unmapped,
      ...grants,
      ...published,
      ...guessed,
      ...unreadable.map(([role, answer]) => `${role} cannot read the catalog: ${answer}`),
    ],
    ...reading,
  };
}

/** Reads the catalog as each role, and asks the publisher what it keeps from its reader. */
export async function readCatalogAs(options: {
  database: Database;
  signal: AbortSignal;
  wanted: WantedCatalog;
}): Promise<Required<Pick<Observation, "probes" | "withheld">>> {
  const { database, signal, wanted } = options;
  const { roles, tables, localSchema: schema, timeoutSeconds } = wanted;
  const fresh: Fresh = (work) => database.fresh(work, { signal, statementTimeoutMs: timeoutSeconds * 1000 });
  const { allowedFrom } = wanted;
  const found = await probeRoles({ fresh, roles, schema, tables, timeoutSeconds, allowedFrom });
  const probes = Object.fromEntries(found.map((one) => [one.role, answerOfProbe(one, tables.length)]));
  if (found.every(({ failures }) => failures.length > 0)) return { probes, withheld: [] };
  const empty = found.find(({ failures }) => failures.length === 0)?.empty ?? [];
  try {
    const facts = await fresh((sql) => readPublisherThrough(sql, sourceOf(wanted)));
    const kept = withheld(facts, { schema: wanted.remoteSchema, tables, empty });
    return { probes, withheld: kept.map((one) => `${one.found}; next: ${one.next}`) };
  } catch (error) {
    return { probes, withheld: [`the publisher could not be asked: ${inOneLine(failureOf(error, tables))}`] };
  }
}

function ownDifferences(live: LiveCatalog): string[] {
  return [
    ...(live.vaultSecretExists ? [] : [DIFFERENCES.secretMissing]),
    ...(live.vaultSecretExists && live.ownMapping?.passwordMatches === false ? [DIFFERENCES.passwordDiffers] : []),
    ...(live.settingMatches ? [] : [DIFFERENCES.settingDiffers]),
    ...live.serverUsers.map((role) => `${role} may use the server, and could read the password of its mapping`),
  ];
}

async function compareWithPublisher(sql: Sql, wanted: WantedCatalog): Promise<string[]> {
  try {
    return await tableDifferences(sql, sourceOf(wanted), wanted.tables);
  } catch (error) {
    // What could not be compared is never taken for equal.
    return [
      `the publisher's tables could not be compared: ${inOneLine(failureOf(error, wanted.tables, wanted.allowedFrom))}`,
    ];
  }
}

function liveOptions(live: LiveCatalog, source: Source): Record<string, string> {
  const silent = Object.entries(DEFAULT_OPTIONS).filter(([name]) => !(name in source.options));
  const isSilent = (name: string, value: string) => silent.some(([other, held]) => other === name && held === value);
  const options = Object.entries(live.options).filter(([name, value]) => !isSilent(name, value));
  // A default that was changed outside is shown as the option it became.
  const lost = silent.filter(([name]) => !(name in live.options)).map(([name]) => [name, "(missing)"]);
  return Object.fromEntries([...options, ...lost]);
}
