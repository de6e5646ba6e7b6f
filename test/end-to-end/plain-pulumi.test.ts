import { execFileSync } from "node:child_process";
import { accessSync, constants, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startLocalCloud } from "../../local/cloud.ts";
import { organizationOf, organizations } from "../../operations/session/organizations.ts";
import { makePlace } from "../support/environment.ts";
import { type Finished, root, run } from "../support/run.ts";

const MINUTES = 60_000;
const place = makePlace("plain");
const checkout = mkdtempSync(join(tmpdir(), "plain-checkout-"));

afterAll(async () => {
  await place.remove();
  rmSync(checkout, { recursive: true, force: true });
});

function onPath(name: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const missing = ["pulumi", "pulumi-language-nodejs"].filter((name) => !onPath(name));
if (missing.length > 0) console.log(`plain pulumi up is not tested here: not on PATH: ${missing.join(", ")}`);

/** A copy of the checkout: the plain CLI writes an encryption salt into its stack settings files. */
function copyCheckout(): void {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  for (const file of files) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    cpSync(join(root, file), join(checkout, file));
  }
  for (const name of ["supabase", "database"]) {
    cpSync(join(root, "providers", name, "dist"), join(checkout, "providers", name, "dist"), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
}

test.skipIf(missing.length > 0)("plain pulumi up runs the same program", { timeout: 5 * MINUTES }, async () => {
  copyCheckout();
  const cloud = await startLocalCloud({ dataDir: place.dataDir, organizations: Object.values(organizations) });
  // The hand-off is made by our own prod stack; the plain CLI then brings up Preview from it.
  const { stack: prod } = await place.open("prod");
  await prod.up();
  const { stack: ours } = await place.open("preview");
  const identity = (await ours.command(["config", "get", "handOffIdentity"])).stdout.trim();
  const { token, slug } = organizationOf(cloud, "preview");
  mkdirSync(join(place.dataDir, "plain-state"));
  const pulumi = (...args: string[]): Promise<Finished> =>
    run("pulumi", [...args, "--cwd", checkout, "--non-interactive"], {
      PULUMI_BACKEND_URL: `file://${join(place.dataDir, "plain-state")}`,
      PULUMI_CONFIG_PASSPHRASE: "plain",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      SUPABASE_API_ENDPOINT: cloud.endpoint,
      SUPABASE_ACCESS_TOKEN: token,
    });
  const settings = [
    ["tailfire:organizationId", slug],
    ["tailfire:handOffPath", join(place.dataDir, "hand-off/catalog-reader.age")],
    ["--secret", "tailfire:handOffIdentity", identity],
  ];
  expect((await pulumi("stack", "init", "preview")).code).toBe(0);
  for (const setting of settings) expect((await pulumi("config", "set", "-s", "preview", ...setting)).code).toBe(0);
  const up = await pulumi("up", "-s", "preview", "--yes", "--skip-preview");
  expect(up.code, up.output).toBe(0);
  expect(up.output).not.toContain(identity);
  const again = await pulumi("preview", "-s", "preview", "--expect-no-changes");
  expect(again.code, again.output).toBe(0);
});
