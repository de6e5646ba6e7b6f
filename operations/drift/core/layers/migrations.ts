import type { Sql } from "postgres";
import type { DatabaseSettings } from "../../../../db/migrate/settings.ts";
import { type Plan, plan } from "../../../../db/migrate.ts";
import { type Finding, findingId } from "../finding.ts";

/** Where a database stands against the files, and what of it is no mere lag. */
export interface MigrationsView {
  readonly plan: Plan;
  readonly settings: DatabaseSettings;
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

/** Compares the ledger with the files. Pending migrations are a note: the environment is behind, not drifted. */
export async function readMigrationsLayer(sql: Sql, folder: string): Promise<MigrationsView> {
  const found = await plan(sql, { folder });
  const settings = await readSettings(sql);
  const pending = found.pending.map(({ tag }) => tag);
  const notes = pending.length > 0 ? [`behind: ${pending.length} pending (${pending.join(", ")})`] : [];
  const findings = [...findingsOf(found), ...(await recordFindings(sql, found))];
  return { plan: found, settings, findings, notes };
}

/** Times of the ledger, by which drizzle decides what is pending, and the history that our runner keeps next to it. */
async function recordFindings(sql: Sql, { applied }: Plan): Promise<Finding[]> {
  const [there] = await sql`
    select to_regclass('drizzle.__drizzle_migrations') is not null as ledger,
      to_regclass('environment.migration_history') is not null as history`;
  if (!there?.ledger) return [];
  const rows = await sql<{ hash: string; at: string }[]>`
    select hash, created_at::text as at from drizzle.__drizzle_migrations`;
  const moved = applied.flatMap(({ tag, hash, when }) => {
    const own = rows.filter((row) => row.hash === hash);
    if (own.length === 0 || own.some(({ at }) => at === String(when))) return [];
    const one = finding({ tag, expected: `recorded with the journal's time ${when}`, was: `with ${own[0]?.at}` });
    return [{ ...one, id: findingId("migrations", one.object, "time") }];
  });
  if (rows.length === 0 || !there.history) return moved;
  const [kept] = await sql`select exists (select from environment.migration_history) as any`;
  if (kept?.any) return moved;
  const object = "migration history";
  const expected = "a row for each migration that was applied here";
  const empty = finding({ tag: "history", expected, was: "empty" });
  return [...moved, { ...empty, id: findingId("migrations", object), object }];
}

/** What was recorded of an environment; nothing where it has no such table. */
export async function readSettings(sql: Sql): Promise<DatabaseSettings> {
  const [there] = await sql`select to_regclass('environment.settings') is not null as settings`;
  const rows = there?.settings ? await sql`select name, value from environment.settings` : [];
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

function findingsOf(found: Plan): Finding[] {
  const outOfOrder = found.outOfOrder.map(({ tag, reason }) =>
    finding({ tag, expected: "applied in the order of the journal", was: `pending, ${reason}` }),
  );
  return [
    ...found.edited.map(({ tag, hash, appliedHash }) =>
      finding({
        tag,
        expected: `applied as the file is (${short(hash)})`,
        was: `another text was applied (${short(appliedHash)})`,
      }),
    ),
    ...found.deleted.map(({ tag }) => finding({ tag, expected: "a file for what was applied", was: "no file" })),
    ...found.unknown.map(({ ledgerId, hash }) =>
      finding({
        tag: `ledger row ${ledgerId}`,
        expected: "not in the ledger",
        was: `in the ledger (${short(hash)}), in no journal here`,
      }),
    ),
    ...outOfOrder,
    ...found.unlisted.map((file) =>
      finding({
        tag: file,
        expected: "named in the journal",
        was: "a file the journal does not name, which never runs",
      }),
    ),
  ];
}

function finding({ tag, expected, was }: { tag: string; expected: string; was: string }): Finding {
  const object = `migration ${tag}`;
  return {
    id: findingId("migrations", object),
    layer: "migrations",
    severity: "high",
    object,
    expected,
    found: was,
    repair: {
      how: "hand",
      safe: false,
      advice: "Look with npm run db:status; npm run db:repair records what the live schema proves.",
    },
  };
}

function short(hash: string): string {
  return hash.slice(0, 8);
}
