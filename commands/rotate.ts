import { RefusedError } from "../engine/error.ts";
import { defaultDataDir } from "../engine/paths.ts";
import { confirm } from "./frame/confirm.ts";
import { runStackCommand, type StackContext } from "./frame/stack-command.ts";

const options = { leave: { type: "string", default: "" } } as const;

void runStackCommand(
  {
    name: "rotate",
    summary: "Gives the reader of a publisher's catalog a new login and password, without an outage.",
    options,
    help: `  --leave STACK,STACK     subscribers that cannot be reached now; they read again after their next up
Run it again after an interruption: it finishes what it began. It changes the reader's login on both sides and nothing
else: pending migrations stay pending, and are named.`,
  },
  rotateReader,
);

async function rotateReader(context: StackContext<typeof options>): Promise<void> {
  const { arguments: args, values, session, reporter, say, document } = context;
  const { openSession } = await import("../operations/session/session.ts");
  const { rotate } = await import("../operations/rotation/rotate.ts");
  const { hostedStore, localStore } = await import("../operations/rotation/store.ts");
  const { subscribersOf } = await import("../operations/rotation/subscribers.ts");
  const { stack: publisher, cloud } = args;
  const dataDir = defaultDataDir();
  const left = values.leave.split(",").flatMap((name) => name.trim() || []);
  const reading = (await subscribersOf({ publisher, cloud, dataDir })).filter(({ mode }) => mode === "foreign");
  const names = reading.map(({ name }) => name);
  const subscribers = names.filter((name) => !left.includes(name));
  const unknown = left.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new RefusedError({
      attempted: `Leaving subscribers of ${publisher} behind`,
      answered: `${unknown.join(", ")} reads no catalog of ${publisher}; ${names.join(", ") || "nothing"} does`,
      next: "Nothing was changed. Correct --leave.",
    });
  }
  if (cloud === "hosted" && !args.yes) {
    await confirm({
      question: `Rotate the reader of ${publisher}, and switch ${subscribers.join(", ") || "no subscriber"}?`,
      attempted: `Rotating the reader of ${publisher}`,
    });
  }
  const store = cloud === "local" ? localStore({ dataDir, stack: publisher }) : hostedStore(session.stack);
  const open = async (name: string) => {
    return (await openSession({ stack: name, cloud, onProgress: reporter.onProgress })).stack;
  };
  const report = await rotate({ publisher, subscribers, store, open, say });
  say(`Generation ${report.generation} is in use by ${report.switched.length} subscribers.`);
  if (cloud === "hosted") say(`Commit Pulumi.${publisher}.yaml: it holds the generation.`);
  document(report);
}
