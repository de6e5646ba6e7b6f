import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root, run } from "../support/run.ts";
import { filesOf, textOf } from "./sources.ts";

const elsewhere = mkdtempSync(join(tmpdir(), "moved-bundle-"));
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

test("a bundle that was moved to another folder starts, with the SQL it was made with inside", async () => {
  const { bundlePlugins } = await import(new URL("../../scripts/bundle.mjs", import.meta.url).href);
  await bundlePlugins(["database"]);
  cpSync(join(root, "providers/database/dist"), elsewhere, { recursive: true });
  const plugin = readdirSync(elsewhere).find((file) => /^plugin-\w+\.cjs$/.test(file)) ?? "";
  const text = readFileSync(join(elsewhere, plugin), "utf8");
  expect(text).toContain("create or replace view %s as select %s");
  expect(text).not.toMatch(/"[\w-]+\.sql"/);
  // A plugin says the port it listens on, and goes on until it is ended.
  const child = spawn(process.execPath, [join(elsewhere, "provider.cjs"), "127.0.0.1:1"], { cwd: tmpdir() });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk) => resolve(String(chunk)));
    child.once("exit", (code) => reject(new Error(`the plugin ended with ${code}`)));
  });
  child.kill();
  expect(Number(port)).toBeGreaterThan(0);
});

test("the bundle of the commands serves every command, from any folder, with its sources as they are now", async () => {
  const { bundleOf, stalePlugins } = await import(new URL("../../scripts/bundle.mjs", import.meta.url).href);
  expect(stalePlugins()).toEqual([]);
  const commands = filesOf("commands/*.ts").filter((file) => /^commands\/[\w-]+\.ts$/.test(file));
  const tasks = commands.map((file) => file.slice("commands/".length, -".ts".length));
  expect(tasks.filter((task) => bundleOf(task) === undefined)).toEqual(["bench", "campaign"]);
  const { code, output } = await run(process.execPath, [bundleOf("db-check")], {}, tmpdir());
  expect(code, output).toBe(0);
});

test("every .sql file next to code is read in the one form that bundles carry", () => {
  const files = filesOf("*.sql").filter((file) => !/^(migrations|test|bench)\//.test(file));
  const readers = filesOf("*.ts").map(textOf).join("\n");
  const unread = files.filter(
    (file) => !readers.includes(`readFileSync(join(import.meta.dirname, "${file.split("/").at(-1)}"), "utf8")`),
  );
  // Read as whole folders, by what no bundle carries.
  const folders = /^(local\/postgres\/(bootstrap|extension|variant)|operations\/drift\/core\/kinds)\//;
  expect(unread.filter((file) => !folders.test(file))).toEqual([]);
});
