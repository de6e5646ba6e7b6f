import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { resolveEngine } from "../../engine/resolve.ts";
import { resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { organizations } from "../../operations/session/organizations.ts";
import { holdsProgram } from "../support/plain-pulumi/cli.ts";
import { root } from "../support/run.ts";

const run = promisify(execFile);
const host = (process.env.PATH ?? "").split(delimiter).some((folder) => holdsProgram(folder, "pulumi-language-yaml"));

test.runIf(host)("the example in YAML brings two databases up, and has nothing to change after it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "yaml-"));
  const dataDir = join(folder, "cloud");
  const cloud = await startLocalCloud({ dataDir, organizations: Object.values(organizations) });
  try {
    const example = join(folder, "examples/yaml");
    await cp(join(root, "examples/yaml"), example, { recursive: true });
    for (const name of ["providers", "migrations"]) await symlink(join(root, name), join(folder, name));
    const [owner] = cloud.organizations;
    if (!owner) throw new Error("the cloud has no organization");
    const engine = await resolveEngine();
    const env = {
      ...process.env,
      PATH: [dirname(engine.path), process.env.PATH].join(delimiter),
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "for a test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      SUPABASE_API_ENDPOINT: cloud.endpoint,
      SUPABASE_ACCESS_TOKEN: owner.token,
    };
    const pulumi = (...args: string[]) => run(engine.path, [...args, "--non-interactive"], { cwd: example, env });
    await pulumi("stack", "init", "dev");
    await pulumi("config", "set", "organizationId", owner.slug);
    await pulumi("up", "--yes", "--skip-preview");
    const { stdout } = await pulumi("stack", "output", "--json");
    expect(JSON.parse(stdout).reads).toEqual({ authenticated: "ok", postgres: "ok", service_role: "ok" });
    await pulumi("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
    await pulumi("destroy", "--yes", "--skip-preview");
  } finally {
    await resetLocalCloud({ dataDir });
    await rm(folder, { recursive: true, force: true });
  }
});
