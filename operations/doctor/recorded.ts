import type { Deployment, StateResource } from "../../engine/backend.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { inClear } from "../../engine/outputs.ts";
import type { StackOutputs } from "../../engine/result.ts";

/**
 * What the state records of a stack's project, in the form of outputs: all there is after a first `up` that failed, which
 * leaves no outputs. Undefined where none is recorded.
 */
export async function recordedProject(stack: EnvironmentStack): Promise<StackOutputs | undefined> {
  const { stdout } = await stack.command(["stack", "export", "--show-secrets"]);
  const { deployment }: { deployment: Deployment } = JSON.parse(stdout);
  const resource = deployment.resources?.find(({ type }) => /:(Project|Branch)$/.test(type));
  const held = resource && homeOf(resource);
  if (typeof held?.ref !== "string") return undefined;
  return Object.fromEntries(Object.entries(held).map(([name, value]) => [name, { value, secret: true }]));
}

function homeOf({ type, outputs }: StateResource): Record<string, unknown> {
  const values = inClear(outputs ?? {}) as Record<string, unknown>;
  if (type.endsWith(":Project")) return values;
  const { projectRef, directConnection, database } = values;
  const { password } = database as { password?: unknown };
  return { ...values, ...(directConnection as object), ref: projectRef, databasePassword: password };
}
