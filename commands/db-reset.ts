import type { Sql } from "postgres";
import type { ApplyResult, DatabaseSettings } from "../db/migrate.ts";
import { databaseCommand } from "./frame/database-command.ts";
import { confirmUnlessDev, disposableHelp, disposableOptions, requireDisposable } from "./frame/disposable.ts";

void databaseCommand(
  {
    name: "db:reset",
    summary: `Empties a development database of this machine and runs every migration again, with the settings it had. Asks first,
unless npm run env wrote the file it is named in, for stack dev.`,
    options: { ...disposableOptions, auth: { type: "boolean" }, storage: { type: "boolean" } },
    help: `  --auth                  also delete the rows of schema auth: users, sessions and the like
  --storage               also delete the rows of schema storage: buckets and files
${disposableHelp}`,
  },
  async (context) => {
    const { sql, folder, say, document } = context;
    await requireDisposable(context, "Resetting");
    await confirmUnlessDev(context, `Emptying database ${context.target.database}`);
    const { requireRunnable } = await import("../db/migrate/plan.ts");
    requireRunnable(folder);
    const settings = await readSettings(sql);
    const { auth = false, storage = false } = context.values;
    const { emptyDatabase } = await import("../db/reset/empty.ts");
    const left = await emptyDatabase(sql, { auth: auth === true, storage: storage === true });
    const result = await migrateAgain(sql, { folder, settings });
    say("The database was emptied and every migration ran.");
    const rows = [...(auth ? [] : ["rows of auth (--auth)"]), ...(storage ? [] : ["rows of storage (--storage)"])];
    say(`Kept: ${[...rows, "Vault secrets", "roles", "default privileges"].join(", ")}.`);
    for (const each of left) say(`Not dropped: ${each}`);
    document({ ...result, left });
    return "done";
  },
);

/** Whatever stops the migrations, the database was emptied before: that is said with it. */
async function migrateAgain(sql: Sql, options: { folder: string; settings: DatabaseSettings }): Promise<ApplyResult> {
  const { apply } = await import("../db/migrate/apply.ts");
  try {
    return await apply(sql, options);
  } catch (error) {
    const { MigrationError } = await import("../db/migrate/errors.ts");
    if (!(error instanceof MigrationError)) throw error;
    const ran = error.details.applied?.length ?? 0;
    const left = ran === 0 ? "no migration" : `the first ${ran} migration${ran === 1 ? "" : "s"}`;
    throw new MigrationError(
      error.code,
      `${error.message}\nThe database was emptied before this: it holds ${left} and nothing of what was in it. When the ` +
        "cause is gone, run db:migrate to go on from here, or db:reset to begin again.",
      { details: error.details, cause: error },
    );
  }
}

async function readSettings(sql: Sql): Promise<DatabaseSettings> {
  const [held] = await sql`select to_regclass('environment.settings') is not null as present`;
  if (!held?.present) return {};
  const rows = await sql`select name, value from environment.settings`;
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}
