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
    const { proposeBaseline } = await import("../db/migrate/repair.ts");
    const { propose } = await import("./frame/propose.ts");
    const accept = [context.values.accept ?? []].flat().map(String);
    return propose(context, (sql, options) => proposeBaseline(sql, { ...options, accept }));
  },
);
