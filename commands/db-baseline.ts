import { databaseCommand } from "./frame/database-command.ts";

void databaseCommand(
  {
    name: "db:baseline",
    summary: `Takes over a database whose ledger holds another checkout's migrations: compares its schema with what this
checkout's migrations make (in a shadow database: SHADOW_URL, else a local one), shows the difference, and after a yes
records ours as applied and keeps theirs.`,
  },
  async (context) => {
    const { proposeBaseline } = await import("../db/migrate/repair.ts");
    const { propose } = await import("./frame/propose.ts");
    return propose(context, proposeBaseline);
  },
);
