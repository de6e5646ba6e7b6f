import type { EnvironmentStack } from "../../engine/operations.ts";
import type { StackOutputs } from "../../engine/result.ts";
import type { Run } from "./stacks.ts";

/** What every step of a run has at hand. */
export interface StepRunner {
  readonly run: Run;
  readonly say: (line: string) => void;
  /** Runs a step and keeps its time. Throws, rather than beginning it, when the run is to end. */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

/** How far a run goes. */
export interface Extent {
  readonly connection: "direct" | "session";
  readonly everything: boolean;
  /** What the plan of the organization has. */
  readonly branches: boolean;
  readonly pauses: boolean;
}

/** Opens a stack and brings it up, as a step of that name. `lose` names what may go with its data. */
export function bringUp(
  runner: StepRunner,
  name: string,
  open: () => Promise<EnvironmentStack>,
  lose: readonly string[] = [],
): Promise<{ stack: EnvironmentStack; outputs: StackOutputs }> {
  return runner.step(name, async () => {
    const stack = await open();
    await stack.up({ lose });
    return { stack, outputs: await stack.outputs({ showSecrets: true }) };
  });
}

/** Brings a stack up again, which must change nothing. */
export async function unchanged(runner: StepRunner, stack: EnvironmentStack): Promise<void> {
  await runner.step(`Bring up ${stack.name} again, with no changes`, async () => {
    await stack.up({ expectNoChanges: true });
  });
}

/** Removes everything a stack holds. */
export async function destroy(runner: StepRunner, stack: EnvironmentStack): Promise<void> {
  await runner.step(`Destroy ${stack.name}`, async () => {
    await stack.destroy();
  });
}
