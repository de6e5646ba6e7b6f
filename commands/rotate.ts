import type { Cloud } from "../engine/guard.ts";
import { defaultDataDir } from "../engine/paths.ts";
import { stackArguments } from "./frame/arguments.ts";
import { confirm, runStackCommand } from "./frame/command.ts";
import { cancelInOrder } from "./frame/interrupt.ts";

await runStackCommand(
  () =>
    stackArguments({
      name: "rotate",
      summary: "Gives the reader of a publisher's catalog a new login and password, without an outage.",
      options: { leave: { type: "string", default: "" } },
      help: `  --leave STACK,STACK     subscribers that cannot be reached now; they read again after their next up
Run it again after an interruption: it finishes what it began. Every other subscriber is brought up, so that what
else differs in it is put right, too.`,
    }),
  async ({ arguments: args, session, reporter }) => {
    // Program and engine are loaded here, so that help and wrong usage answer at once.
    const { openSession } = await import("../operations/session/session.ts");
    const { rotate } = await import("../operations/rotation/rotate.ts");
    const { hostedStore, localStore } = await import("../operations/rotation/store.ts");
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const { stack: publisher, cloud } = args;
    const left = String(args.flags.leave).split(",");
    const subscribers = (await subscribersOf(publisher, cloud)).filter((name) => !left.includes(name));
    if (cloud === "hosted" && !args.yes) {
      await confirm({
        question: `Rotate the reader of ${publisher}, and bring up ${[publisher, ...subscribers].join(", ")}?`,
        attempted: `Rotating the reader of ${publisher}`,
      });
    }
    const dataDir = defaultDataDir();
    const store = cloud === "local" ? localStore({ dataDir, stack: publisher }) : hostedStore(session.stack);
    const open = async (name: string) => {
      const opened = await openSession({ stack: name, cloud, onProgress: reporter.onProgress });
      cancelInOrder(opened.stack);
      return opened.stack;
    };
    const report = await rotate({ publisher, subscribers, store, open, say });
    say(`Generation ${report.generation} is in use by ${report.switched.length} subscribers.`);
    if (cloud === "hosted") say(`Commit Pulumi.${publisher}.yaml: it holds the generation.`);
    if (args.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  },
);

/** Stacks whose state holds a foreign catalog. */
async function subscribersOf(publisher: string, cloud: Cloud): Promise<string[]> {
  const { listStacks } = await import("../engine/list.ts");
  const dataDir = defaultDataDir();
  const found = await listStacks({ cloud, dataDir, settingsDir: `${dataDir}/hosted/list` });
  const names: string[] = [];
  for (const { name, readState } of found) {
    if (name === publisher) continue;
    const state = await readState();
    if (state?.resources?.some(({ type }) => type === "database:index:ForeignCatalog")) names.push(name);
  }
  return names.sort();
}
