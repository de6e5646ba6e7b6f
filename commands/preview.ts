import { runStackCommand } from "./frame/stack-command.ts";

await runStackCommand(
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
    const { stack } = session;
    try {
      show(await stack.preview({ ...args.logs, refresh, expectNoChanges }));
    } finally {
      // It was made to look at what it would hold. The engine refuses to remove one that holds something by now.
      if (stack.isNew) await stack.remove();
    }
  },
);
