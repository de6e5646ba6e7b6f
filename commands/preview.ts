import { stackArguments } from "./frame/arguments.ts";
import { runStackCommand } from "./frame/command.ts";

await runStackCommand(
  () =>
    stackArguments({
      name: "preview",
      summary: "Shows what up would change, and changes nothing.",
      options: {
        refresh: { type: "boolean", default: false },
        "expect-no-changes": { type: "boolean", default: false },
      },
      help: `  --refresh               compare with the live state rather than the last known one
  --expect-no-changes     end with code 7 when anything would change`,
    }),
  async ({ arguments: args, session, show }) => {
    const { refresh, "expect-no-changes": expectNoChanges } = args.flags;
    show(
      await session.stack.preview({
        ...args.logs,
        refresh: Boolean(refresh),
        expectNoChanges: Boolean(expectNoChanges),
      }),
    );
  },
);
