import type { Deployment, LocalBackend } from "./backend.ts";
import { releaseStaleLocks } from "./backend.ts";
import { resourceLabel } from "./events.ts";

/** What recovery needs of a stack. */
export interface Recoverable {
  /** Only of local stacks: a hosted backend looks after its own locks. */
  readonly backend: LocalBackend | undefined;
  readState(): Promise<Deployment | undefined>;
  exportState(): Promise<{ version: number; deployment: Deployment }>;
  importState(state: { version: number; deployment: Deployment }): Promise<void>;
}

/**
 * Clears away what an interrupted operation left: locks of dead processes, and operations recorded as pending. Their
 * resources are looked at afresh: every provider of this project finds what it had begun to create.
 * @returns one line for each thing cleared.
 */
export async function recover(stack: Recoverable): Promise<string[]> {
  const lines = stack.backend ? await releaseStaleLocks(stack.backend) : [];
  const pending = (await stack.readState())?.pending_operations ?? [];
  if (pending.length === 0) return lines;
  const { version, deployment } = await stack.exportState();
  await stack.importState({ version, deployment: { ...deployment, pending_operations: [] } });
  return lines.concat(
    pending.map(
      ({ type, resource }) => `Cleared an operation that was interrupted: ${type} ${resourceLabel(resource.urn)}`,
    ),
  );
}
