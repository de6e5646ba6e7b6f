import type { Sql } from "postgres";
import { type Finding, findingId } from "../finding.ts";
import { describeError, readOnly, type Target } from "../target.ts";
import { type Columns, readColumns, readCounts, readInvisible } from "./catalog-read.ts";
import type { CatalogSource } from "./catalog-source.ts";

/** Compares foreign tables with the publisher's, and reads each of them as every role. Reads only, on both sides. */
export async function checkCatalog(target: Target, source: CatalogSource): Promise<Finding[]> {
  const local = await readOnly(target, async (sql) => ({
    columns: await readColumns(sql, { schema: source.localSchema, server: source.server }),
    secret: await readSecret(sql, source.vaultSecret),
  }));
  if (local.secret === undefined) return [unreadable(source, `the Vault holds no secret ${source.vaultSecret}`)];
  const { host = "", port = "5432", dbname = "postgres" } = source.options;
  const reader = { host, port: Number(port), database: dbname, user: source.user, password: local.secret };
  const tables = [...local.columns.keys()].sort();
  try {
    const [remote, probes] = await Promise.all([
      readOnly(reader, async (sql) => ({
        columns: await readColumns(sql, { schema: source.remoteSchema }),
        invisible: await readInvisible(sql, source.remoteSchema),
        counts: await readCounts(sql, { schema: source.remoteSchema, tables }),
      })),
      probeRoles(target, source, tables),
    ]);
    const counts = await readOnly(target, (sql) =>
      readCounts(sql, { schema: source.localSchema, tables: Object.keys(remote.counts) }),
    );
    return [
      ...compareColumns(source, local.columns, remote.columns),
      ...remote.invisible.map((table) => invisible(source, table)),
      ...probes,
      ...compareCounts(source, counts, remote.counts),
    ];
  } catch (error) {
    if (!refusesLogin(error)) throw error;
    return [unreadable(source, describeError(error)), ...(await probeRoles(target, source, tables))];
  }
}

async function readSecret(sql: Sql, name: string): Promise<string | undefined> {
  const [row] = await sql`select decrypted_secret from vault.decrypted_secrets where name = ${name}`;
  return row?.decrypted_secret;
}

function refusesLogin(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^28/.test(String(error.code));
}

/** Reads one row of every table as each role, on a backend of its own: a warm connection hides a wrong password. */
async function probeRoles(target: Target, source: CatalogSource, tables: readonly string[]): Promise<Finding[]> {
  const answers = await Promise.all(
    source.roles.map((role) => readOnly(target, (sql) => probeRole(sql, { role, source, tables }))),
  );
  return answers.flat();
}

async function probeRole(
  sql: Sql,
  options: { role: string; source: CatalogSource; tables: readonly string[] },
): Promise<Finding[]> {
  const { role, source, tables } = options;
  const failed = new Map<string, string[]>();
  await sql.begin("read only", async (transaction) => {
    await transaction`select set_config('role', ${role}, true)`;
    for (const table of tables) {
      await transaction
        .savepoint((step) => step`select * from ${step(`${source.localSchema}.${table}`)} limit 1`)
        .catch((error: unknown) => {
          const answer = describeError(error);
          failed.set(answer, [...(failed.get(answer) ?? []), table]);
        });
    }
  });
  const all = [...failed.values()].flat();
  if (all.length === 0) return [];
  const object = all.length === tables.length ? `catalog as ${role}` : `catalog as ${role}: ${all.join(", ")}`;
  return [
    drift(object, {
      expected: `${role} reads all ${tables.length} tables`,
      found: [...failed.keys()].join("; "),
      advice: "npm run up, on the publisher first if its reader is refused.",
    }),
  ];
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

function invisible(source: CatalogSource, table: string): Finding {
  return drift(`table ${source.remoteSchema}.${table} of the publisher`, {
    expected: `readable by ${source.user}`,
    found: "not readable",
    advice: "npm run up on the publisher grants it to the reader.",
  });
}

function unreadable(source: CatalogSource, found: string): Finding {
  return drift(`reader ${source.user}`, {
    expected: "may log in at the publisher",
    found,
    advice: "npm run up on the publisher writes a new hand-off; then here.",
  });
}

function drift(object: string, about: { expected: string; found: string; advice: string }): Finding {
  const { expected, found, advice } = about;
  const repair = { how: "up", safe: true, advice } as const;
  return { id: findingId("catalog", object), layer: "catalog", severity: "high", object, expected, found, repair };
}
