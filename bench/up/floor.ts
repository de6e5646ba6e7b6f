import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CustomResource } from "@pulumi/pulumi/index.js";
import { build } from "esbuild";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack } from "../../engine/stack.ts";

const PACKAGES = ["nothinga", "nothingb"];

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
  for (const name of PACKAGES) await writePlugin(join(folder, name), name);
  const plugins = PACKAGES.map((name) => `    - name: ${name}\n      path: ${name}\n`).join("");
  await writeFile(join(folder, "Pulumi.yaml"), `name: floor\nruntime: nodejs\nplugins:\n  providers:\n${plugins}`);
  const program = async () => {
    for (const name of PACKAGES) new Nothing(name);
    return {};
  };
  return openStack({ stack: "floor", cloud: "local", program, projectDir: folder, dataDir: join(folder, "data") });
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
