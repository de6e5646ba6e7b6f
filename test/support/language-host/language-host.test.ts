import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { completeCli } from "../plain-pulumi/cli.ts";
import { watchNetwork } from "../plain-pulumi/watch.ts";
import { root } from "../run.ts";
import { requiredPackages } from "./installed-packages.ts";

const LIMIT = 120_000;
const folder = mkdtempSync(join(tmpdir(), "language-host-"));
let env: Record<string, string>;

beforeAll(async () => {
  env = {
    PATH: (await completeCli()).path,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_BACKEND_URL: `file://${folder}`,
  };
}, LIMIT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, content: string | object): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
}

test("plugins are asked for by packages that are installed, wherever they lie, and by no other file", () => {
  write("asking/package.json", { name: "asking", version: "1.0.0", pulumi: { resource: true, name: "not-installed" } });
  write("asking/node_modules/@pulumi/one/package.json", {
    name: "@pulumi/one",
    version: "1.2.3",
    pulumi: { resource: true },
  });
  const two = { resource: true, name: "two", version: "v2.0.0", server: "https://elsewhere.invalid" };
  write("asking/node_modules/a/node_modules/b/package.json", { name: "b", version: "9.9.9", pulumi: two });
  write("asking/node_modules/a/package.json", { name: "a", version: "1.0.0", pulumi: { resource: false, name: "a" } });
  write("asking/node_modules/broken/package.json", "{");
  symlinkSync(join(folder, "asking/node_modules/@pulumi/one"), join(folder, "asking/node_modules/again"));
  const found = requiredPackages(join(folder, "asking")).sort((one, other) => one.name.localeCompare(other.name));
  expect(found).toEqual([
    { name: "one", version: "v1.2.3", server: "" },
    { name: "two", version: "v2.0.0", server: "https://elsewhere.invalid" },
  ]);
});

test("a package that asks for a plugin is noticed to reach for the internet", { timeout: LIMIT }, async () => {
  write("reaching/Pulumi.yaml", "name: reaching\nruntime: nodejs\n");
  write("reaching/package.json", { name: "reaching" });
  const pulumi = { resource: true, name: "is-not-published" };
  write("reaching/node_modules/asking/package.json", { name: "asking", version: "0.1.0", pulumi });
  mkdirSync(join(folder, "traces"));
  const watch = await watchNetwork(join(folder, "traces"));
  try {
    const install = ["pulumi", "install", "--no-dependencies", "--non-interactive"];
    const { code, output } = await watch.run(install, { env, cwd: join(folder, "reaching") });
    expect(code, output).not.toBe(0);
    expect(watch.strangers().join()).toMatch(/pulumi.*:443/);
    const direct = `require("node:net").connect(9, "192.0.2.1").on("error", () => {}); setTimeout(process.exit, 200)`;
    await watch.run([process.execPath, "-e", direct], { env, cwd: folder });
    expect(watch.strangers().join()).toContain("192.0.2.1");
  } finally {
    watch.close();
  }
});

test("a plugin written for Node is started and answers", { timeout: LIMIT }, async () => {
  write("plugin/PulumiPlugin.yaml", "runtime: nodejs\n");
  write("plugin/package.json", { name: "plugin", main: "index.js" });
  write(
    "plugin/index.js",
    `const { main } = require("@pulumi/pulumi/provider");
const schema = { name: "greeting", version: "0.1.0", resources: {} };
module.exports = main({ version: "0.1.0", getSchema: async () => JSON.stringify(schema) }, process.argv.slice(2));`,
  );
  // One level up, where npm, which the engine has run in the plugin's folder, leaves it alone.
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const watch = await watchNetwork(mkdtempSync(join(folder, "traces-")));
  try {
    const asking = ["pulumi", "package", "get-schema", "./plugin", "--non-interactive"];
    const { code, stdout, output } = await watch.run(asking, { env, cwd: folder });
    expect(code, output).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: "greeting", version: "0.1.0" });
  } finally {
    watch.close();
  }
});
