import type { Sql } from "postgres";
import { databaseCommand } from "./frame/database-command.ts";

void databaseCommand(
  {
    name: "db:baseline",
    summary: `Takes over a database whose ledger holds another checkout's migrations: compares its schema with what this
checkout's migrations make (in a shadow database: SHADOW_URL, else a local one), owners, grants and policies included, shows the
difference, and after a yes records those of ours as applied that show whole, and keeps theirs.`,
    options: { accept: { type: "string", multiple: true } },
    help: `  --accept TAG            record one that shows in part, or leaves nothing to see (may be repeated); refused for
                          a part of one that decides who may do what
`,
  },
  async (context) => {
    const { proposeBaseline } = await import("../db/migrate/adoption/baseline.ts");
    const { propose } = await import("./frame/propose.ts");
    const { settingsAsFound } = await import("../db/migrate/adoption/live-settings.ts");
    const accept = [context.values.accept ?? []].flat().map(String);
    const named = await secretsAsNames(context.sql);
    for (const id of named)
      context.say(`Vault row ${id} was made the wrong way round: its name is the password, in clear.`);
    const make = (sql: Sql, options: Parameters<typeof proposeBaseline>[1]) =>
      proposeBaseline(sql, { ...options, accept });
    const ending = await propose(context, make, settingsAsFound);
    if (named.length === 0) return ending;
    await context.confirm({
      question: `Remove ${named.length} Vault row(s) whose name is a password? Nothing reads them.`,
      attempted: "Removing a Vault row whose name is a password",
    });
    for (const id of named) await context.sql`delete from vault.secrets where id = ${id}::uuid`;
    context.say(
      "Removed. Every reader of the Vault may have seen that password: npm run rotate -- STACK, of the publisher, makes a new one.",
    );
    return ending;
  },
);

/** Ids of rows made by `vault.create_secret('fdw_password', PASSWORD)`, whose arguments are the wrong way round. */
async function secretsAsNames(sql: Sql): Promise<string[]> {
  const [vault] = await sql`select to_regclass('vault.decrypted_secrets') is not null as there`;
  if (!vault?.there) return [];
  const rows = await sql<{ id: string }[]>`
    select id from vault.decrypted_secrets where decrypted_secret = 'fdw_password' and name is distinct from 'fdw_password'`;
  return rows.map(({ id }) => id);
}
