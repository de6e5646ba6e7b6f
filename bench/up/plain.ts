import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { localBackend, prepareBackend } from "../../engine/backend.ts";
import { projectRoot } from "../../engine/paths.ts";
import { engineEnvironment, localVariables } from "../../engine/variables.ts";
import type { Management } from "../../providers/management/access.ts";
import { completeCli } from "../../test/support/plain-pulumi/cli.ts";
import { run } from "../../test/support/run.ts";
import { PACKAGES, writeFloor } from "./floor.ts";

/** A stack as the CLI of Pulumi alone works on it. */
export interface PlainStack {
  /** `pulumi up --skip-preview`. @throws where it fails, or changes something that was not expected */
  up(options: { refresh: boolean; expectNoChanges: boolean }): Promise<void>;
}

const PROGRAM = `import { CustomResource } from "@pulumi/pulumi";
export default async function program(): Promise<void> {
${PACKAGES.map((name) => `  new CustomResource("${name}:index:Nothing", "one", {});`).join("\n")}
}
`;

/** The floor of a plain \`up\`: a program in TypeScript, started as ours is, with a resource in each of two no-op plugins. */
export async function openPlainFloor(folder: string): Promise<PlainStack> {
  mkdirSync(folder);
  await writeFloor(folder, { typescript: false, nodeargs: "--import tsx/esm" });
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "main": "index.ts" }\n');
  writeFileSync(join(folder, "index.ts"), PROGRAM);
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  const backend = localBackend(join(folder, "data"), "floor", "floor");
  await prepareBackend(backend, "floor");
  const env = { ...(await plainEnvironment()), ...localVariables(backend) };
  const pulumi = pulumiIn(folder, env);
  await pulumi("stack", "init", "floor");
  return { up: (options) => pulumi(...wordsOf(options), "--stack", "floor") };
}

/** A local stack of this project, which `up` of ours brought up. */
export async function openPlain(
  stack: string,
  options: { dataDir: string; platform: Management },
): Promise<PlainStack> {
  const { dataDir, platform } = options;
  const backend = localBackend(dataDir, "tailfire", stack);
  const env = {
    ...(await plainEnvironment()),
    ...localVariables(backend),
    SUPABASE_API_ENDPOINT: platform.endpoint,
    SUPABASE_ACCESS_TOKEN: platform.token,
  };
  const settings = ["--stack", stack, "--config-file", join(backend.workDir, `Pulumi.${stack}.yaml`)];
  const pulumi = pulumiIn(projectRoot, env);
  return { up: (options) => pulumi(...wordsOf(options), ...settings) };
}

function wordsOf({ refresh, expectNoChanges }: { refresh: boolean; expectNoChanges: boolean }): string[] {
  return [
    ...["up", "--yes", "--skip-preview", `--refresh=${refresh}`],
    ...(expectNoChanges ? ["--expect-no-changes"] : []),
  ];
}

async function plainEnvironment(): Promise<Record<string, string>> {
  return { ...engineEnvironment("local"), PATH: (await completeCli()).path };
}

function pulumiIn(cwd: string, env: Record<string, string>): (...words: string[]) => Promise<void> {
  return async (...words) => {
    const { code, output } = await run("pulumi", [...words, "--non-interactive"], env, cwd);
    if (code !== 0) throw new Error(`pulumi ${words.join(" ")} in ${cwd} ended with code ${code}:\n${output}`);
  };
}
