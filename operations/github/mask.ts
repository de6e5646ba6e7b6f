import type { StackOutputs } from "../../engine/result.ts";

/** Whether this is a job of a GitHub runner, which reads commands from its log. */
export const isRunner = (env: NodeJS.ProcessEnv = process.env): boolean =>
  env.GITHUB_ACTIONS === "true" && Boolean(env.GITHUB_RUN_ID);

/**
 * Tells a GitHub runner to hide the secret outputs of a stack from here on, in this job's log: they are made during the
 * job, so the runner does not know them yet. The runner itself hides these lines. Does nothing anywhere else.
 */
export function maskSecrets(outputs: StackOutputs, env: NodeJS.ProcessEnv = process.env): void {
  if (!isRunner(env)) return;
  for (const { value, secret } of Object.values(outputs)) {
    if (secret && typeof value === "string" && value !== "") process.stderr.write(`::add-mask::${value}\n`);
  }
}

/** Values of the environment that no text may carry. */
export function secretVariables(env: NodeJS.ProcessEnv = process.env): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value && /TOKEN|SECRET|PASSWORD|PASSPHRASE$|IDENTITY|_KEY$|BACKEND_URL/.test(name) ? [value] : [],
  );
}
