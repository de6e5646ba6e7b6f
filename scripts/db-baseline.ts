import { proposeBaseline } from "../db/migrate/repair.ts";
import { databaseCommand } from "./database/command.ts";
import { propose } from "./database/propose.ts";

void databaseCommand(
  {
    name: "db:baseline",
    summary: `Takes over a database whose ledger holds another checkout's migrations: compares its schema with what this
checkout's migrations make (in a shadow database: SHADOW_URL, else a local one), shows the difference, and after a yes
records ours as applied and keeps theirs.`,
  },
  (context) => propose(context, proposeBaseline),
);
