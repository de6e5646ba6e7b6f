import { namesToLose } from "../engine/losing/loss.ts";
import { confirm } from "./frame/confirm.ts";
import { runStackCommand } from "./frame/stack-command.ts";

void runStackCommand(
  {
    name: "up",
    summary: "Makes an environment what the program declares.",
    options: {
      "no-refresh": { type: "boolean", default: false },
      "expect-no-changes": { type: "boolean", default: false },
      existing: { type: "boolean", default: false },
      lose: { type: "string", default: "" },
    },
    help: `  --no-refresh            do not read the live state first
  --existing              do nothing where the stack has never been brought up
  --lose "KIND NAME,..."  projects, branches and secrets that may be deleted or replaced; what they hold is lost
  --expect-no-changes     end with code 7 when anything was changed`,
    exits: { notAsDeclared: "changed" },
  },
  async ({ arguments: args, values, session, show, say, document }) => {
    if (values.existing && (await session.stack.resources()).length === 0) {
      say(`Stack ${args.stack} was never brought up, and stays so.`);
      document({ operation: "update", stack: args.stack, changed: false, existing: false });
      return;
    }
    const refresh = !values["no-refresh"];
    if (args.cloud === "hosted" && !args.yes) {
      const planned = await session.stack.preview({ ...args.logs, refresh });
      if (planned.changed)
        await confirm({ question: `Make these changes to ${args.stack}?`, attempted: `up of stack ${args.stack}` });
    }
    const lose = namesToLose(values.lose);
    const expectNoChanges = values["expect-no-changes"];
    show(await session.stack.up({ ...args.logs, refresh, lose, expectNoChanges }));
  },
);
