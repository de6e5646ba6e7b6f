import type { StateResource } from "../../engine/backend.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { resolveEngine } from "../../engine/resolve.ts";
import { isPullRequestStack } from "../session/stack-names.ts";
import { type Diagnosis, look } from "./finding.ts";
import { checkFolders } from "./folders.ts";
import { checkInstalled } from "./installed.ts";

/** What is installed, the engine, and the folders that are written to. */
export async function checkMachine(): Promise<Diagnosis[]> {
  const engine = await look(
    "engine",
    "Run npm run preview: it fetches the engine, or says why it cannot.",
    async () => {
      const { version, path } = await resolveEngine({ ways: [] });
      return [{ check: "engine", level: "ok", found: `${version} (${path})` }];
    },
  );
  return [...(await checkInstalled()), ...engine, ...(await checkFolders())];
}

/** The state of a stack: readable, and nothing half done. */
export function checkState(stack: EnvironmentStack): Promise<Diagnosis[]> {
  const next = "Check PULUMI_BACKEND_URL and its credentials, or the passphrase of the stack.";
  return look("state backend", next, async () => {
    const { deployment } = await stack.exportState();
    const resources = deployment.resources ?? [];
    const found = `${resources.length} resources of stack ${stack.name}`;
    const pending = deployment.pending_operations ?? [];
    const locks = (await stack.unfinishedLocks()).map(
      (name): Diagnosis => ({
        check: "state lock",
        level: "warning",
        found: `${name} is empty or cut off: a killed process left it`,
        next: "Run up or refresh: it removes it.",
      }),
    );
    const login = [...configuredLogin(resources), ...locks];
    if (pending.length === 0) return [{ check: "state backend", level: "ok", found }, ...login];
    const names = pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`).join(", ");
    const interrupted = `${found}; interrupted: ${names}`;
    const next = "Run up: it looks at them again.";
    return [{ check: "state backend", level: "warning", found: interrupted, next }, ...login];
  });
}

/**
 * The configuration, read by the program itself in a preview: whatever it would refuse. A pull request's preview has the
 * configuration of stack preview, and a program of its own.
 */
export function checkConfiguration(stack: EnvironmentStack): Promise<Diagnosis[]> {
  if (isPullRequestStack(stack.name)) return Promise.resolve([]);
  return look(
    "configuration",
    "Correct it in the settings of the stack: Pulumi.STACK.yaml, pulumi config.",
    async () => {
      const { changed, changes } = await stack.preview();
      const counts = Object.entries(changes).flatMap(([op, count]) => (op === "same" ? [] : `${count} to ${op}`));
      const found = `the program takes it; ${changed ? counts.join(", ") : "up has nothing to do"}`;
      return [{ check: "configuration", level: "ok", found }];
    },
  );
}

/** Who `up` is at the database, as last deployed; nothing before the first `up`. */
export function configuredLogin(resources: readonly StateResource[]): Diagnosis[] {
  const provider = resources.find(({ type, outputs }) => type === "pulumi:providers:database" && outputs?.projectRef);
  if (!provider) return [];
  const shortLived = provider.outputs?.credentials === "login-role";
  const found = shortLived
    ? "credentials: login-role, a short-lived login from the Management API for each run"
    : `credentials: password, the stored one of ${String(provider.outputs?.user ?? "postgres")}`;
  return [{ check: "login", level: "ok", found }];
}
