import type { Sql } from "postgres";
import type { DatabaseSettings } from "../db/migrate.ts";
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
    const { apply } = await import("../db/migrate/apply.ts");
    const result = await apply(sql, { folder, settings });
    say("The database was emptied and every migration ran.");
    const rows = [...(auth ? [] : ["rows of auth (--auth)"]), ...(storage ? [] : ["rows of storage (--storage)"])];
    say(`Kept: ${[...rows, "Vault secrets", "roles", "default privileges"].join(", ")}.`);
    for (const each of left) say(`Not dropped: ${each}`);
    document({ ...result, left });
    return "done";
  },
);

async function readSettings(sql: Sql): Promise<DatabaseSettings> {
  const [held] = await sql`select to_regclass('environment.settings') is not null as present`;
  if (!held?.present) return {};
  const rows = await sql`select name, value from environment.settings`;
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}
