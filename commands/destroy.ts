import { resourceLabel } from "../engine/events.ts";
import { isPlumbing } from "../engine/reporter.ts";
import { UsageError } from "./frame/arguments.ts";
import { confirm } from "./frame/confirm.ts";
import { runStackCommand, type StackContext } from "./frame/stack-command.ts";

const options = { unprotect: { type: "string" } } as const;

await runStackCommand(
  {
    name: "destroy",
    summary: "Deletes everything an environment consists of.",
    options,
    help: "  --unprotect STACK       destroy protected resources too; takes the stack's name, typed once more",
    check({ stack }, { unprotect }) {
      if (unprotect === undefined || unprotect === stack) return;
      throw new UsageError(`--unprotect takes the name of the stack to destroy, "${stack}", not "${unprotect}"`);
    },
  },
  destroy,
);

async function destroy({ arguments: args, values, session, say, show }: StackContext<typeof options>): Promise<void> {
  const { stack } = session;
  const resources = (await stack.resources()).filter((resource) => !isPlumbing(resource));
  const unprotect = values.unprotect === args.stack;
  if (!unprotect) await stack.requireUnprotected();
  if (resources.length > 0) {
    say(`destroy removes from ${args.cloud} stack ${args.stack}, with all data in it:`);
    for (const { urn, protect } of resources) say(`  - ${resourceLabel(urn)}${protect ? " (protected)" : ""}`);
    // A name typed in full is a yes for a local stack; what is hosted is asked for once more.
    const asked = unprotect && args.cloud === "local";
    if (!args.yes && !asked) {
      await confirm({ question: `Destroy ${args.stack}?`, attempted: `destroy of stack ${args.stack}` });
    }
  }
  show(await stack.destroy({ ...args.logs, unprotect }));
  if (args.cloud === "local") await stack.remove();
}
