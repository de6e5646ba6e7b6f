import type { EnvironmentStack } from "./operations.ts";

/** Values by qualified key, defaults of Pulumi.yaml included. Those of secrets are in clear: never to be shown. */
export type Configuration = Readonly<Record<string, { readonly value?: string; readonly secret: boolean }>>;

/** How many operations back the last successful `up` is looked for. */
const OPERATIONS = 20;

/** What the stack's settings say now. */
export async function declaredConfiguration(stack: EnvironmentStack): Promise<Configuration> {
  return JSON.parse((await stack.command(["config", "--json", "--show-secrets"])).stdout);
}

/** What the last successful `up` ran with; undefined where the backend remembers none. */
export async function deployedConfiguration(stack: EnvironmentStack): Promise<Configuration | undefined> {
  const args = ["stack", "history", "--json", "--show-secrets", "--page-size", String(OPERATIONS)];
  const operations: { kind: string; result: string; config: Configuration }[] = JSON.parse(
    (await stack.command(args)).stdout,
  );
  return operations.find(({ kind, result }) => kind === "update" && result === "succeeded")?.config;
}
