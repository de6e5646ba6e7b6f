import { runStackCommand } from "./frame/stack-command.ts";

void runStackCommand(
  {
    name: "refresh",
    summary:
      "Reads the live state of every resource; with --preview-only shows what differs and keeps the state as it is.",
    options: {
      "preview-only": { type: "boolean", default: false },
      "expect-no-changes": { type: "boolean", default: false },
    },
    help: `  --preview-only          change nothing, not even the state
  --expect-no-changes     end with code 7 when anything differs`,
    exits: { notAsDeclared: "something differs" },
  },
  async ({ arguments: args, values, session, show }) => {
    const { "preview-only": previewOnly, "expect-no-changes": expectNoChanges } = values;
    show(await session.stack.refresh({ ...args.logs, previewOnly, expectNoChanges }));
    const { pendingLines, pendingMigrations } = await import("../operations/session/pending.ts");
    for (const line of pendingLines(await pendingMigrations(session.stack))) process.stderr.write(`${line}\n`);
  },
);
