import { plan } from "../db/migrate/apply.ts";
import { databaseCommand, exits } from "./database/command.ts";
import { planLines } from "./database/show.ts";

void databaseCommand(
  {
    name: "db:status",
    summary: "Says where the database stands against this checkout's migrations. Exit code 7 where they differ.",
  },
  async ({ sql, folder, json, say, document }) => {
    const planned = await plan(sql, { folder });
    const upToDate = planned.pending.length === 0 && planned.refusals.length === 0;
    for (const line of planLines(planned)) say(line);
    say(upToDate ? "Up to date." : "Not up to date.");
    if (json) document({ ...planned, upToDate });
    return upToDate ? exits.done : exits.behind;
  },
);
