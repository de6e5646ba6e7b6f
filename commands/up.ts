import { stackArguments } from "./frame/arguments.ts";
import { confirm, runStackCommand } from "./frame/command.ts";

await runStackCommand(
  () =>
    stackArguments({
      name: "up",
      summary: "Makes an environment what the program declares.",
      options: {
        "no-refresh": { type: "boolean", default: false },
        "expect-no-changes": { type: "boolean", default: false },
      },
      help: `  --no-refresh            do not read the live state first
  --expect-no-changes     end with code 7 when anything was changed`,
    }),
  async ({ arguments: args, session, show }) => {
    const refresh = !args.flags["no-refresh"];
    if (args.cloud === "hosted" && !args.yes) {
      const planned = await session.stack.preview({ ...args.logs, refresh });
      if (planned.changed)
        await confirm({ question: `Make these changes to ${args.stack}?`, attempted: `up of stack ${args.stack}` });
    }
    show(await session.stack.up({ ...args.logs, refresh, expectNoChanges: Boolean(args.flags["expect-no-changes"]) }));
  },
);
