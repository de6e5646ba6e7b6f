import { accessSync, constants } from "node:fs";
import { rename } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { build } from "esbuild";
import { resolveEngine } from "../../../engine/resolve.ts";

const HOST = "pulumi-language-nodejs";
/** Our own, for machines that have the engine alone. */
const OURS = join(import.meta.dirname, "..", "language-host");

/** The command line of Pulumi, whole. */
export interface Cli {
  /** PATH on which `pulumi` and the Node language host are found. */
  readonly path: string;
  /** As `pulumi 3.258.0 with the language host of ...`. */
  readonly description: string;
}

/** The engine that this project uses, with Pulumi's own language host where there is one, else with ours. */
export async function completeCli(): Promise<Cli> {
  const engine = await resolveEngine();
  const here = (process.env.PATH ?? "").split(delimiter);
  const folder = [dirname(engine.path), ...here].find((one) => holdsProgram(one, HOST)) ?? (await bundledHost());
  return {
    path: [dirname(engine.path), folder, ...here].join(delimiter),
    description: `pulumi ${engine.version} with the language host in ${folder}`,
  };
}

/** Ours, bundled: the engine starts it for every command, and tsx would take most of that time. */
async function bundledHost(): Promise<string> {
  const [bundle, partial] = ["host.mjs", `host.${process.pid}`].map((name) => join(OURS, "dist", name)) as [
    string,
    string,
  ];
  const entryPoints = [join(OURS, "main.ts")];
  await build({ entryPoints, outfile: partial, bundle: true, platform: "node", format: "esm", packages: "external" });
  await rename(partial, bundle);
  return OURS;
}

/** Whether a folder holds a program of this name. */
export function holdsProgram(folder: string, name: string): boolean {
  try {
    accessSync(join(folder, name), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
