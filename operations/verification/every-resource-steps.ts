import { randomBytes } from "node:crypto";
import type { ProjectArgs } from "@pulumi/supabase";
import type { StackOutputs } from "../../engine/result.ts";
import { everyResource, projectProgram } from "./every-resource.ts";
import { projectName } from "./name.ts";
import { bringUp, destroy, type Extent, type StepRunner, unchanged } from "./step-runner.ts";

const password = () => randomBytes(24).toString("base64url");

/**
 * One project with every other resource: made, asked about, changed in every one of them, imported into another stack,
 * paused and restored, and removed. Throws with the first step that fails.
 */
export async function useEveryResource(runner: StepRunner, { branches, pauses }: Extent): Promise<void> {
  const { run, say } = runner;
  const { organization: organizationId, region } = run;
  const size = (instanceSize: string) => (branches ? { instanceSize } : {});
  const first = { organizationId, region, name: projectName(run.id, "other"), databasePassword: password() };
  const second = { ...first, name: projectName(run.id, "renamed"), databasePassword: password() };
  if (!branches) say("\nA free organization has neither branches nor other sizes: they are left out.");
  if (!pauses) say("\nProjects of a paid organization cannot be paused: that is left out.");

  const made = everyResource({ args: { ...first, ...size("micro") }, pick: (one) => one, branch: branches });
  const changed = everyResource({ args: { ...second, ...size("small") }, pick: (_, two) => two, branch: branches });
  for (const [name, program, args] of [
    ["Bring up a project with every other resource", made, first],
    ["Give every property another value", changed, second],
  ] as const) {
    const { stack } = await bringUp(runner, name, () => run.openOther("other", program));
    await unchanged(runner, stack);
    const outputs = await stack.outputs({ showSecrets: true });
    await runner.step("Compare what the functions answered", async () => compareAnswers(outputs, args, branches));
  }
  const alone = (more: Partial<ProjectArgs>) => run.openOther("other", projectProgram({ ...second, ...more }));
  const lose = ["EdgeFunctionSecrets other", "Branch other", "Apikey other"];
  const { stack, outputs } = await bringUp(runner, "Take away all but the project", () => alone({}), lose);
  await importIt(runner, second, String(outputs.ref?.value));
  if (pauses) {
    await bringUp(runner, "Pause it", () => alone({ paused: true }));
    await bringUp(runner, "Restore it", () => alone({ paused: false }));
  }
  await destroy(runner, stack);
}

/** Takes the project over into another stack, which must change nothing, and forgets it there. */
async function importIt(runner: StepRunner, args: ProjectArgs, ref: string): Promise<void> {
  const open = () => runner.run.openOther("imported", projectProgram(args, ref));
  const { stack } = await bringUp(runner, "Import it into another stack", open);
  await unchanged(runner, stack);
  await destroy(runner, stack);
}

interface Answers {
  readonly project: { readonly name: string; readonly status: string };
  readonly organizations: { readonly organizations: readonly { readonly slug: string }[] };
  readonly pooler: Readonly<Record<string, string>>;
  readonly keys: { readonly secretKeys: readonly { readonly name: string }[] };
  readonly health: { readonly healthy: boolean };
  readonly branches: readonly { readonly gitBranch: string }[];
}

/** @throws Error naming every function that answered something else than what was made */
function compareAnswers(outputs: StackOutputs, args: ProjectArgs, branch: boolean): void {
  const { project, organizations, pooler, keys, health, branches } = (outputs.answers as { value: Answers }).value;
  const right = {
    getProject: project.name === args.name && project.status === "ACTIVE_HEALTHY",
    getOrganizations: organizations.organizations.some(({ slug }) => slug === args.organizationId),
    getPooler: Object.values(pooler).some((url) => url.startsWith("postgres")),
    getApikeys: keys.secretKeys.some(({ name }) => name === "verify_worker"),
    getHealth: health.healthy,
    getBranch: branches.some(({ gitBranch }) => gitBranch === "verify") === branch,
  };
  const wrong = Object.entries(right).flatMap(([name, is]) => (is ? [] : [name]));
  if (wrong.length > 0) throw new Error(`answered something else than was made: ${wrong.join(", ")}`);
}
