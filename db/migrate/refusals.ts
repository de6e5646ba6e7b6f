import { locate, type MigrationErrorCode } from "./errors.ts";
import type { Journal, Migration } from "./journal.ts";
import type { DatabaseState, LedgerRow, Progress } from "./ledger.ts";
import type {
  DeletedMigration,
  EditedMigration,
  OutOfOrderMigration,
  Plan,
  PlanOptions,
  Refusal,
  UnknownMigration,
} from "./planned.ts";
import { resumeProblem, stepsOf, strayProblem } from "./resume.ts";
import type { SettingChange } from "./settings.ts";

/** What a plan was made from. */
type Sources = { journal: Journal; progress: Progress[]; byTag: Map<string, LedgerRow> };

/** Why `apply` would refuse this plan, each reason with its way out. */
export function refusals(plan: Plan, { journal, progress, byTag }: Sources, options: PlanOptions): Refusal[] {
  const { acceptEdited = [], strict = false } = options;
  const pending = journal.migrations.filter(({ tag }) => !byTag.has(tag));
  const lost = journal.missing.filter(({ tag }) => !byTag.has(tag));
  const stray = strayProblem({ journal, pending, progress });
  return [
    ...lost.map(({ tag, file }) =>
      refusal(
        "journal",
        tag,
        `${file} is listed in the journal, not applied, and not there. Restore it from version control.`,
      ),
    ),
    ...pending.flatMap(unsupported),
    ...pending.flatMap((migration) => {
      const reason = resumeProblem(migration, stepsOf(migration, { journal, pending, progress }));
      return reason === undefined ? [] : [refusal("edited", migration.tag, reason)];
    }),
    ...(stray === undefined ? [] : [refusal("edited", undefined, stray)]),
    ...plan.edited.filter(({ tag }) => !acceptEdited.includes(tag)).map(editedRefusal),
    ...plan.deleted.map(deletedRefusal),
    ...unknownRefusals(plan.unknown),
    ...(strict ? plan.outOfOrder.map(orderRefusal) : []),
    ...plan.settings.filter(({ change }) => change === "refused").map(settingRefusal),
  ];
}

function refusal(code: MigrationErrorCode, tag: string | undefined, message: string): Refusal {
  return { code, ...(tag === undefined ? {} : { tag }), message };
}

function unsupported({ tag, file, sql, problems }: Migration): Refusal[] {
  return problems.map(({ start, reason }) =>
    refusal("unsupported", tag, `${tag} cannot be run as it is: ${file}:${locate(sql, start).line}: ${reason}.`),
  );
}

function time(appliedAtIso: string | undefined): string {
  return appliedAtIso === undefined ? "at a time that was not recorded" : `at ${appliedAtIso}`;
}

function editedRefusal({ tag, file, hash, appliedHash, appliedAt: at }: EditedMigration): Refusal {
  return refusal(
    "edited",
    tag,
    `${tag} was edited after it was applied (${time(at)}): ${file} now has sha256 ${hash}, applied was ${appliedHash}. ` +
      `Restore the file and put the change into a new migration, or, where only its text changed, run with --accept-edited ${tag}.`,
  );
}

function deletedRefusal({ tag, file, hash, appliedAt: at }: DeletedMigration): Refusal {
  return refusal(
    "deleted",
    tag,
    `${tag} was applied (${time(at)}, sha256 ${hash}), and ${file} is gone. Restore it from version control, or run db:repair, ` +
      "which compares with the live schema and shows what it will record.",
  );
}

const SHOWN_ROWS = 3;

/** One refusal however many rows there are: a database that was set up by hand or by another project has a hundred of them. */
function unknownRefusals(rows: readonly UnknownMigration[]): Refusal[] {
  if (rows.length === 0) return [];
  const [first] = rows;
  const shown = rows.slice(0, SHOWN_ROWS).map(unknownRow).join("; ");
  const more =
    rows.length > SHOWN_ROWS ? `; and ${rows.length - SHOWN_ROWS} more, up to row ${rows.at(-1)?.ledgerId}` : "";
  const what =
    first && rows.length === 1
      ? `Row ${unknownRow(first)} of the ledger is a migration this checkout does not have.`
      : `${rows.length} rows of the ledger are migrations this checkout does not have: ${shown}${more}.`;
  const next = "Update the checkout, or, for a database adopted from elsewhere, run db:baseline.";
  return [refusal("unknown", undefined, `${what} ${next}`)];
}

function unknownRow({ ledgerId, hash, when, appliedAt: at }: UnknownMigration): string {
  return `${ledgerId} (${hash ? `sha256 ${hash}` : "no hash"}, ${journalTime(when)}, applied ${time(at)})`;
}

function journalTime(when: number): string {
  return when === 0 ? "no journal time" : `journal time ${new Date(when).toISOString()}`;
}

/** Drizzle writes where its configuration says; this runner, like Drizzle by default, to one place only. */
export function elsewhereRefusal({ schema, table }: DatabaseState["elsewhere"][number]): Refusal {
  const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
  const moves = [
    ...(table === "__drizzle_migrations"
      ? []
      : [`  alter table ${quoted(schema)}.${quoted(table)} rename to __drizzle_migrations;`]),
    ...(schema === "drizzle"
      ? []
      : [
          "  create schema if not exists drizzle;",
          `  alter table ${quoted(schema)}.__drizzle_migrations set schema drizzle;`,
        ]),
  ];
  return refusal(
    "unsupported",
    undefined,
    `${quoted(schema)}.${quoted(table)} looks like Drizzle's ledger in another place: nothing would count as applied, and everything ` +
      `run again. Move it, and take \`migrations\` out of drizzle.config.ts:\n${moves.join("\n")}`,
  );
}

function orderRefusal({ tag, reason }: OutOfOrderMigration): Refusal {
  return refusal(
    "out-of-order",
    tag,
    `${tag} is out of order: ${reason}. Generate it again on top of what is applied, or run without --strict to apply it in journal order.`,
  );
}

function settingRefusal({ name, from, to }: SettingChange): Refusal {
  return refusal(
    "settings",
    undefined,
    `Setting "${name}" is ${JSON.stringify(from)} in this database and migrations ran under it; ${JSON.stringify(to)} contradicts them. ` +
      `Keep ${JSON.stringify(from)}, start from an empty database, or name it in allowSettingChange (--allow-setting-change ${name}).`,
  );
}
