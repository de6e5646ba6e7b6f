import { execFileSync } from "node:child_process";
import { cp, lstat, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findPackage, resolveBinaries } from "./binaries.ts";

test("the links of the libraries are made where npm did not let the package make them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "local-binaries-"));
  try {
    const packageRoot = join(folder, "package");
    const notALink = async (path: string) => !(await lstat(path)).isSymbolicLink();
    await cp(findPackage(), packageRoot, { recursive: true, filter: notALink });
    const before = () => execFileSync(join(packageRoot, "native/bin/postgres"), ["--version"], { stdio: "pipe" });
    if (process.platform === "linux") expect(before).toThrow(/shared librar/);
    const [binaries] = await Promise.all([1, 2].map(() => resolveBinaries({ cacheDir: folder, packageRoot })));
    const version = execFileSync(binaries?.postgres ?? "", ["--version"], { encoding: "utf8" });
    expect(version).toContain(`(PostgreSQL) ${binaries?.postgresVersion}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
