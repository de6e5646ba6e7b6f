import { stackArguments } from "./frame/arguments.ts";
import { runStackCommand } from "./frame/command.ts";

await runStackCommand(
  () =>
    stackArguments({
      name: "refresh",
      summary:
        "Reads the live state of every resource; with --preview-only shows what differs and keeps the state as it is.",
      options: {
        "preview-only": { type: "boolean", default: false },
        "expect-no-changes": { type: "boolean", default: false },
      },
      help: `  --preview-only          change nothing, not even the state
  --expect-no-changes     end with code 7 when anything differs`,
    }),
  async ({ arguments: args, session, show }) => {
    const { "preview-only": previewOnly, "expect-no-changes": expectNoChanges } = args.flags;
    const options = { previewOnly: Boolean(previewOnly), expectNoChanges: Boolean(expectNoChanges) };
    show(await session.stack.refresh({ ...args.logs, ...options }));
  },
);
