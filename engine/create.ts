import { EngineError } from "./error.ts";
import type { EnvironmentStack } from "./operations.ts";

/** What backends answer where another machine made the same at the same moment: the stack, or the tables of the backend. */
const ALREADY = /already exists|duplicate key value/;

/**
 * Makes a stack in its backend and selects it. One that somebody else makes at the same moment is selected.
 * @param undo takes back what the engine wrote for a stack it then did not make
 * @returns whether it was made here
 */
export async function createStack(stack: EnvironmentStack, undo: () => Promise<void>): Promise<boolean> {
  const select = ["stack", "select", stack.name];
  for (let tries = 1; ; tries++) {
    try {
      await stack.command([...select, "--create"]);
      return tries === 1;
    } catch (error) {
      if (!(error instanceof EngineError) || !ALREADY.test(error.message) || tries === 3) throw error;
      await undo();
    }
  }
}
