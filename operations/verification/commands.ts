import { examineStack } from "../doctor/stack.ts";
import { checkStack } from "../drift/core/check.ts";
import { LAYERS } from "../drift/core/finding.ts";
import { openSubject } from "../drift/subject.ts";
import { rotate } from "../rotation/rotate.ts";
import type { Run } from "./stacks.ts";
import type { StepRunner } from "./step-runner.ts";

const ENVIRONMENTS = ["prod", "preview"] as const;
type Name = (typeof ENVIRONMENTS)[number];

/** Does what `rotate`, `doctor` and `drift` do, with both environments up. */
export async function useCommands({ run, say, step }: StepRunner): Promise<void> {
  await step("Rotate the reader of the catalog", async () => {
    const open = async (name: string) => {
      const stack = await run.open(name === "prod" ? "prod" : "preview");
      return stack;
    };
    const { reader } = await rotate({ publisher: "prod", subscribers: ["preview"], store: run.rotation, open, say });
    say(`  the catalog is read as ${reader}`);
  });
  for (const name of ENVIRONMENTS) {
    await step(`Ask doctor about ${name}`, () => askDoctor(run, name, say));
    await step(`Look for drift in ${name}`, () => lookForDrift(run, name, say));
  }
}

/** @throws Error with what is wrong; warnings are told. */
async function askDoctor(run: Run, name: Name, say: (line: string) => void): Promise<void> {
  const findings = await examineStack(await run.open(name), run.platform);
  const told = ({ check, found }: (typeof findings)[number]) => `${check}: ${found}`;
  for (const one of findings.filter(({ level }) => level === "warning")) say(`  warning: ${told(one)}`);
  const wrong = findings.filter(({ level }) => level === "error");
  if (wrong.length > 0) throw new Error(`doctor finds in ${name}: ${wrong.map(told).join("; ")}`);
  say(`  ${findings.length} findings, no error`);
}

/** @throws Error with what differs, or could not be read. */
async function lookForDrift(run: Run, name: Name, say: (line: string) => void): Promise<void> {
  // Read by the providers, whose processes inherit it when a stack is opened.
  process.env.TAILFIRE_READ_ONLY = "1";
  try {
    const stack = await run.open(name);
    const subject = await openSubject({
      stack: stack.name,
      found: { readState: async () => (await stack.exportState()).deployment },
      project: stack.project,
      cloud: "hosted",
      open: async () => ({ stack, platform: run.platform }),
    });
    const { status, layers, findings } = await checkStack(subject, { layers: LAYERS, failOn: "low" });
    const unreachable = layers.flatMap(({ layer, error }) => (error ? [`${layer}: ${error}`] : []));
    const found = findings.map(({ object, expected, found }) => `${object}: expected ${expected}, found ${found}`);
    if (status !== "clean") throw new Error(`drift in ${name} (${status}): ${[...unreachable, ...found].join("; ")}`);
    say(`  ${layers.length} layers, clean`);
  } finally {
    delete process.env.TAILFIRE_READ_ONLY;
  }
}
