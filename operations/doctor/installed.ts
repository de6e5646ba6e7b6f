import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../engine/paths.ts";
import { type Diagnosis, look } from "./finding.ts";

const SHOWN = 5;
const run = promisify(execFile);

/** Versions of Node and of the packages, held against what this checkout asks for. */
export async function checkInstalled(root = projectRoot): Promise<Diagnosis[]> {
  const node = await look("node", "Install a current Node.", async () => [
    nodeFinding(
      process.versions.node,
      (await readJson<{ engines: { node: string } }>(root, "package.json")).engines.node,
    ),
  ]);
  const packages = await look("packages", "Run npm ci.", async () => {
    const wanted = await readJson<Lockfile>(root, "package-lock.json");
    const there = await readJson<Lockfile>(root, "node_modules/.package-lock.json");
    return [packagesFinding(wanted, there)];
  });
  return [...node, ...packages, await checkTools()];
}

/** @param asked as package.json says it: `>=20.19` */
export function nodeFinding(version: string, asked: string): Diagnosis {
  const found = `${version} (${process.execPath})`;
  const least = /^>=(\d+(?:\.\d+)*)$/.exec(asked)?.[1];
  if (least === undefined || compare(version, least) >= 0) return { check: "node", level: "ok", found };
  return { check: "node", level: "error", found: `${found}, and ${asked} is asked for`, next: "Install a newer Node." };
}

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
}

/** What is installed, by npm's own record, next to what the lockfile says. Optional packages of other systems may be absent. */
export function packagesFinding(wanted: Lockfile, there: Lockfile): Diagnosis {
  const other = Object.entries(wanted.packages).flatMap(([path, { version, optional }]) => {
    if (!path.startsWith("node_modules/")) return [];
    const installed = there.packages[path]?.version;
    if (installed === version || (installed === undefined && optional)) return [];
    return `${path.slice("node_modules/".length)} ${installed ?? "not there"} (${version})`;
  });
  if (other.length === 0) return { check: "packages", level: "ok", found: "as package-lock.json says" };
  const more = other.length > SHOWN ? ` and ${other.length - SHOWN} more` : "";
  const found = `not as package-lock.json says: ${other.slice(0, SHOWN).join(", ")}${more}`;
  return { check: "packages", level: "warning", found, next: "Run npm ci." };
}

/** Programs that are used where they are there. */
async function checkTools(): Promise<Diagnosis> {
  const tools = [
    ["git", "what is new on a branch, and whose previews are"],
    ["pgbouncer", "tests of a real transaction pooler"],
  ] as const;
  const found = await Promise.all(
    tools.map(async ([name, use]) => {
      const { stdout } = await run(name, ["--version"]).catch(() => ({ stdout: "" }));
      const version = /\d+(\.\d+)+/.exec(stdout)?.[0];
      return version === undefined ? `${name} not found (${use})` : `${name} ${version}`;
    }),
  );
  return { check: "programs", level: "note", found: found.join(", ") };
}

function compare(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split(".").map(Number)) as [number[], number[]];
  const at = right.findIndex((part, index) => part !== (left[index] ?? 0));
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

async function readJson<T>(root: string, name: string): Promise<T> {
  return JSON.parse(await readFile(join(root, name), "utf8"));
}
