import { resourceLabel } from "../engine/events.ts";
import { isPlumbing } from "../engine/reporter.ts";
import { type StackArguments, stackArguments, UsageError } from "./frame/arguments.ts";
import { type CommandContext, confirm, runStackCommand } from "./frame/command.ts";

await runStackCommand(readArguments, async ({ arguments: args, session, show }: CommandContext) => {
  const { stack } = session;
  const resources = (await stack.resources()).filter((resource) => !isPlumbing(resource));
  const unprotect = args.flags.unprotect === args.stack;
  if (!unprotect) await stack.requireUnprotected();
  if (resources.length > 0) {
    process.stderr.write(`destroy removes from ${args.cloud} stack ${args.stack}, with all data in it:\n`);
    for (const { urn, protect } of resources) {
      process.stderr.write(`  - ${resourceLabel(urn)}${protect ? " (protected)" : ""}\n`);
    }
    // A name typed in full is a yes for a local stack; what is hosted is asked for once more.
    const asked = unprotect && args.cloud === "local";
    if (!args.yes && !asked) {
      await confirm({ question: `Destroy ${args.stack}?`, attempted: `destroy of stack ${args.stack}` });
    }
  }
  show(await stack.destroy({ ...args.logs, unprotect }));
  if (args.cloud === "local") await stack.remove();
});

function readArguments(): StackArguments {
  const args = stackArguments({
    name: "destroy",
    summary: "Deletes everything an environment consists of.",
    options: { unprotect: { type: "string" } },
    help: "  --unprotect STACK       destroy protected resources too; takes the stack's name, typed once more",
  });
  const { unprotect } = args.flags;
  if (unprotect !== undefined && unprotect !== args.stack) {
    throw new UsageError(`--unprotect takes the name of the stack to destroy, "${args.stack}", not "${unprotect}"`);
  }
  return args;
}
