import type { StateResource } from "../engine/backend.ts";
import { resourceLabel } from "../engine/events.ts";
import type { Cloud } from "../engine/guard.ts";
import { refuseProtected } from "../engine/losing/protection.ts";
import { defaultDataDir } from "../engine/paths.ts";
import { isPlumbing } from "../engine/reporter.ts";
import { UsageError } from "./frame/arguments.ts";
import { confirm } from "./frame/confirm.ts";
import {
  runStackCommand,
  type StackArguments,
  type StackContext,
  type UnopenedContext,
} from "./frame/stack-command.ts";

const options = {
  unprotect: { type: "string" },
  "forget-database": { type: "boolean", default: false },
} as const;

void runStackCommand(
  {
    name: "destroy",
    summary: "Deletes everything an environment consists of.",
    options,
    help: `  --unprotect STACK       destroy protected resources too; takes the stack's name, typed once more
  --forget-database       for a database or a passphrase that is gone: delete project and branches by their refs alone,
                          with the token, and forget the stack (asks)`,
    check({ stack }, { unprotect }) {
      if (unprotect === undefined || unprotect === stack) return;
      throw new UsageError(`--unprotect takes the name of the stack to destroy, "${stack}", not "${unprotect}"`);
    },
    unopened: async (context) => {
      if (!context.values["forget-database"]) return false;
      await forget(context);
      return true;
    },
  },
  destroy,
);

/** Asks nothing of a database, and needs no passphrase. */
async function forget({ arguments: args, values, say, document }: UnopenedContext<typeof options>): Promise<void> {
  const { forgettable } = await import("../operations/session/forget.ts");
  const { stack, cloud } = args;
  const again = `npm run destroy -- ${stack} --forget-database`;
  const found = await forgettable({ stack, cloud, dataDir: defaultDataDir(), onLine: say, again });
  if (values.unprotect !== stack) refuseProtected(stack, { labels: found.protected, command: again });
  say(`destroy removes from ${cloud} stack ${stack}, with all data in it, and does not ask its database whose it is:`);
  for (const line of found.lines) say(`  ${line}`);
  if (!args.yes) await confirm({ question: `Destroy ${stack}?`, attempted: `destroy of stack ${stack}` });
  await found.remove();
  await forgetAdopted(args);
  say(`destroy ${stack}: deleted, and its stack is forgotten`);
  document({ operation: "destroy", stack, forgotten: found.lines });
}

async function destroy({ arguments: args, values, session, say, show }: StackContext<typeof options>): Promise<void> {
  const { stack } = session;
  const resources = (await stack.resources()).filter((resource) => !isPlumbing(resource));
  const unprotect = values.unprotect === args.stack;
  if (!unprotect) await stack.requireUnprotected();
  const affected = await affectedBy(args, resources);
  if (resources.length > 0) {
    say(`destroy removes from ${args.cloud} stack ${args.stack}, with all data in it:`);
    for (const { urn, protect } of resources) say(`  - ${resourceLabel(urn)}${protect ? " (protected)" : ""}`);
    for (const line of affected.lines) say(`  ${line}`);
    // A name typed in full is a yes for a local stack; what is hosted is asked for once more.
    const asked = unprotect && args.cloud === "local";
    if (!args.yes && !asked) {
      await confirm({ question: `Destroy ${args.stack}?`, attempted: `destroy of stack ${args.stack}` });
    }
  }
  await affected.remove();
  show(await stack.destroy({ ...args.logs, unprotect }));
  if (args.cloud === "local" && !stack.isNew) await stack.remove();
  await forgetAdopted(args);
}

/** The next `up` of a local stack that had adopted a project makes one of its own. */
async function forgetAdopted({ stack, cloud }: Pick<StackArguments, "stack" | "cloud">): Promise<void> {
  const { forgetAdoption } = await import("../operations/session/stack-settings.ts");
  if (cloud === "local") await forgetAdoption({ dataDir: defaultDataDir(), stack });
}

/** What lives in this stack's project without being a resource of it, and who reads it. */
async function affectedBy(
  { stack, cloud }: { readonly stack: string; readonly cloud: Cloud },
  resources: readonly StateResource[],
): Promise<{ lines: string[]; remove: () => Promise<void> }> {
  const { subscribersOf } = await import("../operations/rotation/subscribers.ts");
  const isPublisher = resources.some(({ type }) => type === "database:index:ReaderRole");
  const readers = isPublisher ? await subscribersOf({ publisher: stack, cloud, dataDir: defaultDataDir() }) : [];
  const lines = readers.map(({ name, mode }) =>
    mode === "foreign"
      ? `! ${name} reads its catalog through foreign tables, and cannot any more`
      : `! ${name} copies its catalog, and cannot take another copy`,
  );
  if (stack !== "preview" || resources.length === 0) return { lines, remove: async () => {} };
  const { openContext } = await import("../operations/previews/context.ts");
  const { insideLine, previewsInside, removeInside } = await import("../operations/previews/inside.ts");
  const context = await openContext({ cloud, onProgress: () => {} });
  const inside = await previewsInside(context);
  return {
    lines: [...inside.map((entry) => `- ${insideLine(entry)}`), ...lines],
    remove: () => removeInside(context, inside),
  };
}
