import { databaseCommand } from "./frame/database-command.ts";
import { planLines } from "./frame/database-lines.ts";

void databaseCommand(
  {
    name: "db:status",
    summary: "Says where the database stands against this checkout's migrations. Exit code 7 where they differ.",
  },
  async ({ sql, folder, say, document }) => {
    const { status } = await import("../db/migrate.ts");
    const found = await status(sql, { folder });
    for (const line of planLines(found)) say(line);
    say(found.upToDate ? "Up to date." : "Not up to date.");
    document(found);
    return found.upToDate ? "done" : "notAsDeclared";
  },
);
