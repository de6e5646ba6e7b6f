import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EngineError } from "./error.ts";
import { cachedRoot, engineVersion, type ResolveOptions, resolveEngine } from "./resolve.ts";

let folder: string;
let cacheDir: string;
const lines: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "engine-resolve-"));
  cacheDir = join(folder, "cache");
  lines.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function executable(path: string, script: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

/** A folder for PATH in which `name` runs `script`. */
async function folderWith(name: string, script: string): Promise<string> {
  const path = await mkdtemp(join(folder, "path-"));
  await executable(join(path, name), script);
  return path;
}

function resolveWith(path: string[], options: ResolveOptions = {}) {
  const env = { PATH: [...path, "/usr/bin", "/bin"].join(delimiter), HOME: folder };
  return resolveEngine({ cacheDir, env, ways: [], onProgress: (line) => lines.push(line), ...options });
}

const cached = () => join(cachedRoot({ cacheDir }), "bin", "pulumi");

describe("which engine runs", () => {
  test("the one on PATH, before the cache", async () => {
    const path = await folderWith("pulumi", "echo v3.200.1");
    await executable(cached(), `echo v${engineVersion}`);
    const engine = await resolveWith([path]);
    expect(engine).toMatchObject({ origin: "PATH", version: "3.200.1", path: join(path, "pulumi") });
    expect(lines).toEqual([`Engine: pulumi 3.200.1 (PATH: ${join(path, "pulumi")})`]);
  });

  test.each([
    ["too old", "echo v3.180.9"],
    ["of another major version", "echo v4.0.0"],
    ["without a version", "echo"],
    ["broken", "echo no such library >&2; exit 127"],
  ])("the cached one, when the one on PATH is %s", async (_, script) => {
    const path = await folderWith("pulumi", script);
    await executable(cached(), `echo v${engineVersion}`);
    expect(await resolveWith([path])).toMatchObject({ origin: "cache", version: engineVersion });
  });

  test("the next one on PATH, when the first is too old", async () => {
    const [old, good] = [await folderWith("pulumi", "echo v3.100.0"), await folderWith("pulumi", "echo v3.181.0")];
    expect(await resolveWith([old, good])).toMatchObject({ path: join(good, "pulumi") });
  });

  test("a damaged cache is removed, said so, and filled again", async () => {
    await executable(cached(), "kill -SEGV $$");
    const go = await folderWith("go", buildScript);
    const engine = await resolveWith([go], { ways: ["build"] });
    expect(engine).toMatchObject({ origin: "build", version: engineVersion, path: cached() });
    expect(lines.join("\n")).toContain(`The cached engine ${cached()} does not answer "version"`);
  });
});

const buildScript = `
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
[ -f go.mod ] && [ -f go.sum ] || exit 3
printf '#!/bin/sh\\necho v${engineVersion}\\n' > "$out" && chmod +x "$out"`;

describe("getting an engine", () => {
  test("a build leaves the cache whole, with no partial folder and no lock", async () => {
    const go = await folderWith("go", buildScript);
    expect(await resolveWith([go], { ways: ["build"] })).toMatchObject({ origin: "build" });
    expect(await resolveWith([go])).toMatchObject({ origin: "cache" });
    expect(await readdir(join(cacheDir, "engine"))).toEqual([`v${engineVersion}`]);
  });

  test("two at once build once", async () => {
    const log = join(folder, "builds");
    const go = await folderWith("go", `echo build >> ${log}; sleep 0.3; ${buildScript}`);
    const both = await Promise.all([1, 2].map(() => resolveWith([go], { ways: ["build"] })));
    expect(both.map((engine) => engine.path)).toEqual([cached(), cached()]);
    expect(readFileSync(log, "utf8")).toBe("build\n");
  });

  test("the lock of a dead process does not block", async () => {
    await mkdir(join(cacheDir, "engine"), { recursive: true });
    await writeFile(`${cachedRoot({ cacheDir })}.lock`, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    const go = await folderWith("go", buildScript);
    expect(await resolveWith([go], { ways: ["build"] })).toMatchObject({ origin: "build" });
  });

  test("a failed build leaves nothing, and the error names every way tried and what to install", async () => {
    const old = await folderWith("pulumi", "echo v3.90.0");
    const go = await folderWith("go", "echo 'module lookup disabled' >&2; exit 1");
    const failure = await resolveWith([old, go], { ways: ["build"] }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EngineError);
    const message = String(failure);
    expect(message).toContain(`PATH: ${join(old, "pulumi")} is version 3.90.0`);
    expect(message).toContain("cache: nothing usable");
    expect(message).toContain("build: module lookup disabled");
    expect(message).toContain("Install the Pulumi CLI (3.181.0 or later)");
    expect(existsSync(cachedRoot({ cacheDir }))).toBe(false);
    expect(await readdir(join(cacheDir, "engine"))).toEqual([]);
  });

  test("no Go at all is said in so many words", async () => {
    const env = { PATH: folder, HOME: folder };
    await expect(resolveEngine({ cacheDir, env, ways: ["build"] })).rejects.toThrow("build: no go on PATH");
  });
});
