import { UsageError } from "./frame/arguments.ts";
import { type DatabaseContext, databaseCommand } from "./frame/database-command.ts";

/** Settles statements in doubt (`TAG:NUMBER`); true where any were named. */
async function settle({ sql, folder, values, say }: DatabaseContext): Promise<boolean> {
  const named = (["done", "again"] as const).flatMap((state) =>
    [values[state] ?? []].flat().map((which) => ({ state, which: String(which) })),
  );
  const statements = named.map(({ state, which }) => {
    const [, tag, number] = /^(.+):(\d+)$/.exec(which) ?? [];
    if (!tag || !number)
      throw new UsageError(`--${state} takes TAG:STATEMENT, for example 0002_index:3, not "${which}"`);
    return { tag, state, statement: Number(number) };
  });
  const { repairProgress } = await import("../db/migrate/repair-progress.ts");
  for (const { tag, state, statement } of statements) {
    await repairProgress(sql, { folder, tag, statement, state });
    say(`Statement ${statement} of ${tag}: ${state === "done" ? "recorded as done" : "will run again"}.`);
  }
  return named.length > 0;
}

void databaseCommand(
  {
    name: "db:repair",
    summary: `Makes the ledger say what is there, by evidence: compares the live schema with what this checkout's migrations make (in a
shadow database: SHADOW_URL, else a local one), shows what it would record, and records it after a yes.`,
    options: { done: { type: "string", multiple: true }, again: { type: "string", multiple: true } },
    help: `  --done TAG:STATEMENT    a statement in doubt of a no-transaction migration took effect
  --again TAG:STATEMENT   it did not: let the next run repeat it
`,
  },
  async (context) => {
    if (await settle(context)) return "done";
    const { proposeRepair } = await import("../db/migrate/repair.ts");
    const { propose } = await import("./frame/propose.ts");
    return propose(context, proposeRepair);
  },
);
