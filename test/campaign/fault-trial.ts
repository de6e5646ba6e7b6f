import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Apikey, AuthSettings, Branch, EdgeFunctionSecrets, NetworkRestrictions, Project } from "@pulumi/supabase";
import { UnexpectedChangesError } from "../../engine/error.ts";
import { interruptEngines } from "../../engine/interrupt.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack } from "../../engine/stack.ts";
import { Trial } from "../supabase/trial.ts";

/** A local cloud, and the folder of a Pulumi project whose plugin is this checkout's. */
export interface FaultTrial {
  trial: Trial;
  folder: string;
}

/** What never ends by itself ends then. Too short for a busy machine that has nothing to wait for in vain. */
export const SHORT_TIMEOUT = "6s";

/** Opens a trial for as long as the work takes. */
export async function withTrial(work: (trial: FaultTrial) => Promise<void>): Promise<void> {
  const trial = await Trial.open();
  const folder = await mkdtemp(join(tmpdir(), "campaign-faults-"));
  try {
    const plugin = join(import.meta.dirname, "../../providers/supabase");
    const project = `name: trial\nruntime: nodejs\nplugins:\n  providers:\n    - name: supabase\n      path: ${plugin}\n`;
    await writeFile(join(folder, "Pulumi.yaml"), project);
    await work({ trial, folder });
  } finally {
    await trial.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A stack with a project, a key, secrets and settings.
 * @param options.timeout of creating and updating each
 * @param options.branch name of a branch of the project; a range of addresses that may connect comes with it
 */
export function openTrialStack(
  { trial, folder }: FaultTrial,
  options: { name: string; endpoint: string; stack: string; branch?: string; timeout?: string },
): Promise<EnvironmentStack> {
  const { name, endpoint, stack, branch, timeout = SHORT_TIMEOUT } = options;
  const program = async () => {
    const timeouts = { customTimeouts: { create: timeout, update: timeout } };
    const { ref } = new Project("main", trial.inputs(name), timeouts);
    new Apikey("worker", { projectRef: ref, name: "worker" }, timeouts);
    new EdgeFunctionSecrets("main", { projectRef: ref, secrets: [{ name: "ONE", value: "1" }] }, timeouts);
    new AuthSettings("main", { projectRef: ref, jwtExp: 1800 }, timeouts);
    if (branch === undefined) return { ref };
    new NetworkRestrictions("main", { projectRef: ref, restrictions: ["127.0.0.0/8"] }, timeouts);
    const { projectRef } = new Branch("work", { parentProjectRef: ref, gitBranch: branch }, timeouts);
    return { ref, branch: projectRef };
  };
  const env = {
    SUPABASE_ACCESS_TOKEN: trial.organization(0).token,
    SUPABASE_API_ENDPOINT: endpoint,
    SUPABASE_REQUEST_TIMEOUT_SECONDS: "2",
  };
  return openStack({ stack, cloud: "local", program, projectDir: folder, dataDir: folder, env });
}

/** The message of a failure; undefined where it succeeded. */
export async function upOnce(stack: EnvironmentStack, cutAfterMs?: number): Promise<string | undefined> {
  const cut = cutAfterMs === undefined ? undefined : setTimeout(interruptEngines, cutAfterMs);
  try {
    await stack.up();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(cut);
  }
}

/** What a person does about a project that never comes up. Its successor of that name comes up. */
export async function removeStuck({ trial }: FaultTrial, name: string): Promise<void> {
  for (const ref of await retryWhile(() => trial.refs(name))) {
    const { status } = (await retryWhile(() => trial.client.getProject(ref))).data;
    if (status !== "COMING_UP") continue;
    await retryWhile(() => trial.client.deleteAProject(ref));
    await trial.gone(ref);
  }
}

/** The same for a branch. */
export async function removeStuckBranch(
  { trial }: FaultTrial,
  { name, branch }: { name: string; branch: string },
): Promise<void> {
  const [ref = ""] = await trial.refs(name);
  const found = (await trial.client.listAllBranches(ref)).data.find((one) => one.name === branch);
  if (found) await trial.client.deleteABranch(found.id);
}

/** Removes a project, and its branches with it, past the stack that made it. */
export async function removeProject({ trial }: FaultTrial, name: string): Promise<void> {
  for (const ref of await retryWhile(() => trial.refs(name))) {
    await retryWhile(() => trial.client.deleteAProject(ref));
    await trial.gone(ref);
  }
}

/** Nothing left to change, and exactly one project, key and branch. */
export async function expectConverged(
  { trial }: FaultTrial,
  { stack, name }: { stack: EnvironmentStack; name: string },
): Promise<void> {
  await stack.up({ expectNoChanges: true }).catch((error: unknown) => {
    throw error instanceof UnexpectedChangesError ? withSteps(error) : error;
  });
  const outputs = await stack.outputs();
  const ref = String(outputs.ref?.value);
  const refs = await retryWhile(() => trial.refs(name));
  if (refs.join() !== ref) throw new Error(`the stack has ${ref}; there are ${refs.join(", ") || "none"}`);
  const keys = (await retryWhile(() => trial.client.getProjectApiKeys(ref, {}))).data;
  const workers = keys.filter((key) => key.name === "worker").length;
  if (workers !== 1) throw new Error(`there are ${workers} keys named worker`);
  const secrets = (await retryWhile(() => trial.client.listAllSecrets(ref))).data;
  if (!secrets.some((secret) => secret.name === "ONE")) throw new Error("the secret ONE is not there");
  const auth = (await retryWhile(() => trial.client.getAuthServiceConfig(ref))).data;
  if (auth.jwt_exp !== 1800) throw new Error(`jwt_exp is ${auth.jwt_exp}, not 1800`);
  const branch = outputs.branch?.value;
  if (branch === undefined) return;
  const branches = (await retryWhile(() => trial.client.listAllBranches(ref))).data.filter((one) => !one.is_default);
  const found = branches.map((one) => one.project_ref).join();
  if (found !== branch) throw new Error(`the stack has the branch ${branch}; there are ${found || "none"}`);
}

/** Says what differs: no lines are shown above the message of a campaign. */
function withSteps(error: UnexpectedChangesError): Error {
  const steps = error.result.steps.map(({ op, type, name, differences }) => ({ op, type, name, differences }));
  return new Error(`${error.message} ${JSON.stringify(steps)}`, { cause: error });
}

/** Destroys the stack, and removes it where no project is left. */
export async function expectDestroyed(
  { trial }: FaultTrial,
  { stack, name }: { stack: EnvironmentStack; name: string },
): Promise<void> {
  await stack.destroy();
  const left = await retryWhile(() => trial.refs(name));
  if (left.length > 0) throw new Error(`destroy left ${left.join(", ")}`);
  await stack.remove();
}

/** The troubles a project's name asks for meet the other client too. */
async function retryWhile<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (tries === 5) throw error;
      await sleep(100);
    }
  }
}
