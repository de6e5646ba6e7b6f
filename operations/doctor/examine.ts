import type { Cloud } from "../../engine/guard.ts";
import { hostedPlatform } from "../platform/account.ts";
import type { StackSession } from "../session/session.ts";
import { type Diagnosis, look } from "./finding.ts";
import { checkMachine } from "./machine.ts";
import { checkPlatform } from "./platform.ts";
import { examineStack } from "./stack.ts";

/** Looks at this machine and, where SUPABASE_ACCESS_TOKEN is set, at the token. */
export async function examineMachine(): Promise<Diagnosis[]> {
  const machine = await checkMachine();
  const platform = hostedPlatform();
  return platform ? [...machine, ...(await checkPlatform(platform))] : machine;
}

/** Looks at this machine and at everything a stack needs. */
export async function examineEnvironment({ stack, cloud }: { stack: string; cloud: Cloud }): Promise<Diagnosis[]> {
  const machine = await checkMachine();
  // Loaded here: without a stack nothing of the engine is needed.
  const { openSession } = await import("../session/session.ts");
  let session: StackSession | undefined;
  const opened = await look("stack", "Correct what it says, and run doctor again.", async () => {
    session = await openSession({ stack, cloud });
    return [];
  });
  if (!session) return [...machine, ...opened];
  try {
    return [...machine, ...(await examineStack(session.stack, session.platform))];
  } finally {
    // Opened to be looked at. The engine refuses to remove one that holds something by now.
    if (session.stack.isNew) await session.stack.remove();
  }
}
