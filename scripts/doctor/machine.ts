import type { EnvironmentStack } from "../../engine/operations.ts";
import { resolveEngine } from "../../engine/resolve.ts";
import { type Finding, look } from "./finding.ts";

/** Node and the engine. */
export async function checkMachine(): Promise<Finding[]> {
  const node: Finding = { check: "node", level: "ok", found: `${process.versions.node} (${process.execPath})` };
  const engine = await look(
    "engine",
    "Run npm run preview: it fetches the engine, or says why it cannot.",
    async () => {
      const { version, path } = await resolveEngine({ ways: [] });
      return [{ check: "engine", level: "ok", found: `${version} (${path})` }];
    },
  );
  return [node, ...engine];
}

/** The state of a stack: readable, and nothing half done. */
export function checkState(stack: EnvironmentStack): Promise<Finding[]> {
  const next = "Check PULUMI_BACKEND_URL and its credentials, or the passphrase of the stack.";
  return look("state backend", next, async () => {
    const { deployment } = await stack.exportState();
    const resources = deployment.resources ?? [];
    const found = `${resources.length} resources of stack ${stack.name}`;
    const pending = deployment.pending_operations ?? [];
    if (pending.length === 0) return [{ check: "state backend", level: "ok", found }];
    const names = pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`).join(", ");
    const interrupted = `${found}; interrupted: ${names}`;
    return [{ check: "state backend", level: "warning", found: interrupted, next: "Run up: it looks at them again." }];
  });
}
