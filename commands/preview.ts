import { runStackCommand } from "./frame/stack-command.ts";

void runStackCommand(
  {
    name: "preview",
    summary: "Shows what up would change, and changes nothing.",
    options: {
      refresh: { type: "boolean", default: false },
      "expect-no-changes": { type: "boolean", default: false },
    },
    help: `  --refresh               compare with the live state rather than the last known one
  --expect-no-changes     end with code 7 when anything would change`,
    exits: { notAsDeclared: "something would change" },
  },
  async ({ arguments: args, values, session, show }) => {
    const { refresh, "expect-no-changes": expectNoChanges } = values;
    show(await session.stack.preview({ ...args.logs, refresh, expectNoChanges }));
  },
);
