import type { Sql } from "postgres";
import type { DatabaseSettings } from "../db/migrate.ts";
import { databaseCommand } from "./frame/database-command.ts";
import { confirmUnlessDev, disposableHelp, disposableOptions, requireDisposable } from "./frame/disposable.ts";

void databaseCommand(
  {
    name: "db:reset",
    summary: `Empties a development database of this machine and runs every migration again, with the settings it had. Asks first,
unless npm run env wrote the file it is named in, for stack dev.`,
    options: disposableOptions,
    help: disposableHelp,
  },
  async (context) => {
    const { sql, folder, say, document } = context;
    await requireDisposable(context, "Resetting");
    await confirmUnlessDev(context, `Emptying database ${context.target.database}`);
    const settings = await readSettings(sql);
    await empty(sql);
    const { apply } = await import("../db/migrate/apply.ts");
    const result = await apply(sql, { folder, settings });
    say("The database was emptied and every migration ran.");
    document(result);
    return "done";
  },
);

async function readSettings(sql: Sql): Promise<DatabaseSettings> {
  const [held] = await sql`select to_regclass('environment.settings') is not null as present`;
  if (!held?.present) return {};
  const rows = await sql`select name, value from environment.settings`;
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

async function empty(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    const servers = await tx`select srvname from pg_foreign_server where srvowner = current_user::regrole`;
    for (const { srvname } of servers) await tx`drop server ${tx(srvname)} cascade`;
    await tx`drop schema if exists catalog, tenancy, environment, drizzle, public cascade`;
    await tx`create schema public authorization pg_database_owner`;
    await tx`grant usage on schema public to anon, authenticated, service_role`;
    await tx`grant all on schema public to postgres`;
  });
}
