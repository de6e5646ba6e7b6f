import { stackArguments, UsageError } from "../../commands/frame/arguments.ts";
import { hostedPlatform } from "../platform/account.ts";
import type { Session } from "../session/session.ts";
import { command } from "./arguments.ts";
import { type Diagnosis, look, render, severityCodes, worst } from "./finding.ts";
import { checkMachine } from "./machine.ts";
import { checkPlatform } from "./platform.ts";
import { examineStack } from "./stack.ts";

try {
  const findings = await examine();
  const json = process.argv.includes("--json");
  process.stdout.write(json ? `${JSON.stringify({ level: worst(findings), findings }, null, 2)}\n` : render(findings));
  process.exit(severityCodes[worst(findings)]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
}

async function examine(): Promise<Diagnosis[]> {
  const machine = await checkMachine();
  const alone = process.argv.slice(2).every((argument) => argument === "--json");
  if (alone) {
    const platform = hostedPlatform();
    return platform ? [...machine, ...(await checkPlatform(platform))] : machine;
  }
  const args = stackArguments(command);
  const { openSession } = await import("../session/session.ts");
  let session: Session | undefined;
  const opened = await look("stack", "Mend what it says, and run doctor again.", async () => {
    session = await openSession({ stack: args.stack, cloud: args.cloud });
    return [];
  });
  if (!session) return [...machine, ...opened];
  return [...machine, ...(await examineStack(session.stack, session.platform))];
}
