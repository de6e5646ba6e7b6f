import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CustomResource } from "@pulumi/pulumi/index.js";
import { build } from "esbuild";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack } from "../../engine/stack.ts";

/** Packages of the two plugins that do nothing. */
export const PACKAGES = ["nothinga", "nothingb"];

class Nothing extends CustomResource {
  constructor(packageName: string) {
    super(`${packageName}:index:Nothing`, "one", {});
  }
}

/**
 * The floor of an `up`: a program with one resource that does nothing in each of two bundled plugins, run by the same
 * engine through the same Automation API.
 */
export async function openFloor(folder: string): Promise<EnvironmentStack> {
  await writeFloor(folder);
  const program = async () => {
    for (const name of PACKAGES) new Nothing(name);
    return {};
  };
  return openStack({ stack: "floor", cloud: "local", program, projectDir: folder, dataDir: join(folder, "data") });
}

/** Writes a project called `floor` with the two plugins. @param options of its runtime */
export async function writeFloor(folder: string, options: Record<string, unknown> = {}): Promise<void> {
  for (const name of PACKAGES) await writePlugin(join(folder, name), name);
  const providers = PACKAGES.map((name) => ({ name, path: name }));
  const project = { name: "floor", runtime: { name: "nodejs", options }, plugins: { providers } };
  await writeFile(join(folder, "Pulumi.yaml"), JSON.stringify(project));
}

async function writePlugin(folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, "nothing-provider.ts")],
    outfile: join(folder, "provider.cjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minify: true,
    logLevel: "error",
  });
  const script = join(folder, `pulumi-resource-${name}`);
  await writeFile(script, `#!/bin/sh\nNOTHING_PACKAGE=${name} exec node "$(dirname "$0")/provider.cjs" "$@"\n`);
  await chmod(script, 0o755);
}
