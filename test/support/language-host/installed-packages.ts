import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";

/** A plugin that an installed package asks the engine to have. */
export interface RequiredPackage {
  readonly name: string;
  /** With a leading `v`. */
  readonly version: string;
  /** Where the engine is to fetch it; empty: from where Pulumi publishes. */
  readonly server: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

/**
 * The plugins that the packages below a folder ask for: each `package.json` in a `node_modules` folder, links followed,
 * whose `pulumi.resource` is true.
 */
export function requiredPackages(folder: string): RequiredPackage[] {
  const visited = new Set<string>();
  const visit = (path: string, installed: boolean): RequiredPackage[] => {
    const real = realpathSync(path);
    if (visited.has(real)) return [];
    visited.add(real);
    const inside = installed || basename(real) === "node_modules";
    return readdirSync(real).flatMap((name) => {
      const entry = join(real, name);
      if (statSync(entry, { throwIfNoEntry: false })?.isDirectory()) return visit(entry, inside);
      return inside && name === "package.json" ? pluginOf(entry) : [];
    });
  };
  return visit(folder, false);
}

function pluginOf(file: string): RequiredPackage[] {
  const { name, version, pulumi } = parsed(file);
  if (pulumi?.resource !== true) return [];
  const plugin = pulumi.name ?? name?.replace(/^@pulumi\//, "");
  const released = pulumi.version ?? version;
  if (!plugin || !released) throw new Error(`${file} declares a Pulumi plugin without name or version`);
  return [{ name: plugin, version: `v${released.replace(/^v/, "")}`, server: pulumi.server ?? "" }];
}

/** Packages carry files of that name for their own tests, some of them broken on purpose. */
function parsed(file: string): Manifest {
  try {
    return JSON.parse(readFileSync(file, "utf8")) ?? {};
  } catch {
    return {};
  }
}
