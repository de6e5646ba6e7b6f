import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { organizationOf } from "../../operations/session/organizations.ts";
import { requiredPackages } from "../support/language-host/installed-packages.ts";
import { readmeCommands } from "../support/plain-pulumi/readme.ts";
import { makeWorld, type World } from "../support/plain-pulumi/world.ts";
import type { Finished } from "../support/run.ts";

// The real command line from a fresh clone, without any of the project's own commands. Each test goes on where the one
// before it ended.
const LIMIT = 300_000;
let world: World;
let preview = "preview";

beforeAll(async () => {
  world = await makeWorld();
}, LIMIT);
afterAll(() => world?.remove());

/** Runs `pulumi` and expects it to succeed. */
async function pulumi(...args: string[]): Promise<Finished> {
  const finished = await world.pulumi(...args);
  expect(finished.code, `pulumi ${args.join(" ")}\n${finished.output}`).toBe(0);
  return finished;
}

async function outputsOf(stack: string): Promise<Record<string, unknown>> {
  return JSON.parse((await pulumi("stack", "output", "--json", "--show-secrets", "-s", stack)).stdout);
}

async function query(stack: string, text: string): Promise<Record<string, unknown>[]> {
  const { host, port, user, database, databasePassword } = await outputsOf(stack);
  const login = { host: String(host), port: Number(port), user: String(user), database: String(database) };
  const sql = postgres({ ...login, password: String(databasePassword), ssl: "require", max: 1 });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

interface Exported {
  deployment: { resources: { urn: string; type: string; id?: string; inputs?: object; outputs?: object }[] };
}

async function exported(stack: string): Promise<Exported> {
  return JSON.parse((await pulumi("stack", "export", "-s", stack)).stdout);
}

// npm fetches and unpacks some 430 packages first.
test("the README brings both stacks up on a fresh clone, word by word", { timeout: 2 * LIMIT }, async () => {
  const of = (stack: string) => organizationOf(world.cloud, stack);
  const values: Record<string, string> = {
    "YOUR-BACKEND": world.backend,
    "YOUR-PASSPHRASE": "plain",
    "YOUR-PRODUCTION-TOKEN": of("prod").token,
    "YOUR-PRODUCTION-ORGANIZATION": of("prod").slug,
    "YOUR-PREVIEW-TOKEN": of("preview").token,
    "YOUR-PREVIEW-ORGANIZATION": of("preview").slug,
  };
  const commands = readmeCommands("With plain Pulumi");
  expect(commands.filter((line) => line === "pulumi up").length).toBe(2);
  for (const command of commands) {
    const line = command.replaceAll(/YOUR-[A-Z-]+/g, (name) => values[name] ?? `NO-VALUE-FOR-${name}`);
    const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
    if (name) world.set(name, value ?? "");
    else {
      const { code, output } = await (line.startsWith("pulumi login") ? world.terminal(line) : world.shell(line));
      expect(code, `${line}\n${output}`).toBe(0);
    }
  }
  expect(requiredPackages(world.checkout)).toEqual([]);
  const counted =
    "select count(*)::int as tables from information_schema.foreign_tables where foreign_table_schema = 'catalog'";
  expect(await query("preview", counted)).toEqual([{ tables: 16 }]);
});

test("after npm ci in place of pulumi install, a second look finds nothing to do", { timeout: 2 * LIMIT }, async () => {
  const installed = await world.shell("rm -rf node_modules providers/*/dist && npm ci --loglevel=error");
  expect(installed.code, installed.output).toBe(0);
  await pulumi("preview", "--diff", "--expect-no-changes", "-s", "prod");
  await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", "-s", preview);
  await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "-s", preview);
});

test("state can be exported, holds no secret in clear, and be imported again", { timeout: LIMIT }, async () => {
  const file = join(world.checkout, "..", "exported.json");
  await pulumi("stack", "export", "--file", file, "-s", preview);
  const { databasePassword, serviceRoleKey } = await outputsOf(preview);
  const key = readFileSync(join(world.checkout, "..", "catalog.key"), "utf8").trim();
  const text = readFileSync(file, "utf8");
  for (const secret of [databasePassword, serviceRoleKey, key, organizationOf(world.cloud, "preview").token]) {
    expect(String(secret).length).toBeGreaterThan(10);
    expect(text).not.toContain(secret);
  }
  await pulumi("stack", "import", "--file", file, "-s", preview);
  await pulumi("preview", "--expect-no-changes", "-s", preview);
});

test("a misspelt key and a password in clear are refused, and the password is not shown", {
  timeout: LIMIT,
}, async () => {
  await pulumi("config", "set", "handOffReciepients", "age1", "-s", "prod");
  await pulumi("config", "set", "--plaintext", "databasePassword", "needle-in-clear", "-s", "prod");
  const { code, output } = await world.pulumi("preview", "-s", "prod");
  expect(code).not.toBe(0);
  expect(output).toContain("handOffReciepients: no such setting; the nearest is handOffRecipients");
  expect(output).toContain("databasePassword: in clear in the settings of the stack");
  expect(output).not.toContain("needle-in-clear");
  for (const key of ["handOffReciepients", "databasePassword"]) await pulumi("config", "rm", key, "-s", "prod");
});

test("a target and a plan limit what is changed", { timeout: LIMIT }, async () => {
  world.set("SUPABASE_ACCESS_TOKEN", organizationOf(world.cloud, "prod").token);
  const { resources } = (await exported("prod")).deployment;
  const urn = resources.find(({ type }) => type === "database:index:ReaderRole")?.urn ?? "";
  const limit = "select rolconnlimit as limit from pg_roles where rolname = 'fdw_catalog_ro_a'";
  await pulumi("config", "set", "readerConnectionLimit", "31", "-s", "prod");
  await pulumi("up", "--yes", "--skip-preview", "--target", urn, "-s", "prod");
  expect(await query("prod", limit)).toEqual([{ limit: 31 }]);
  const plan = join(world.checkout, "..", "plan.json");
  world.set("PULUMI_EXPERIMENTAL", "true");
  await pulumi("config", "set", "readerConnectionLimit", "32", "-s", "prod");
  await pulumi("preview", "--save-plan", plan, "-s", "prod");
  await pulumi("up", "--yes", "--skip-preview", "--plan", plan, "-s", "prod");
  expect(await query("prod", limit)).toEqual([{ limit: 32 }]);
  world.set("PULUMI_EXPERIMENTAL", "");
});

test("a project is imported into a stack of its own", { timeout: LIMIT }, async () => {
  const { ref } = await outputsOf("prod");
  await pulumi("stack", "init", "dev", "--no-select");
  const what = ["supabase:index/project:Project", "theirs", String(ref)];
  await pulumi("import", ...what, "--generate-code=false", "--yes", "--skip-preview", "-s", "dev");
  const { resources } = (await exported("dev")).deployment;
  expect(resources.filter(({ type }) => type === "supabase:index/project:Project")).toMatchObject([
    { id: ref, inputs: { name: "tailfire-prod" } },
  ]);
  await pulumi("stack", "rm", "dev", "--force", "--yes");
  await pulumi("preview", "--expect-no-changes", "-s", "prod");
});

test("neither the folder of the checkout nor the name of the stack changes anything", { timeout: LIMIT }, async () => {
  const looked = await world.shell(
    `cd .. && mv checkout elsewhere && cd elsewhere/environment && \
     pulumi preview --expect-no-changes --non-interactive -s prod; code=$?; \
     cd ../.. && mv elsewhere checkout && exit $code`,
  );
  expect(looked.code, looked.output).toBe(0);
  const { resources } = (await exported("prod")).deployment;
  // Where in the program a resource was declared is the engine's own note, and it compares none of it.
  const held = resources.filter(({ id, inputs, outputs }) =>
    JSON.stringify({ id, inputs, outputs }).includes(world.checkout),
  );
  expect(held.map(({ urn }) => urn)).toEqual([]);
  await pulumi("stack", "rename", "renamed", "-s", preview);
  preview = "renamed";
  await pulumi("preview", "--expect-no-changes", "-s", preview);
});

test("both stacks are destroyed, the protected one only without its protection", { timeout: LIMIT }, async () => {
  const refused = await world.pulumi("destroy", "--yes", "-s", "prod");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(/protect/);
  await pulumi("state", "unprotect", "--all", "--yes", "-s", "prod");
  await pulumi("destroy", "--yes", "--skip-preview", "-s", "prod");
  world.set("SUPABASE_ACCESS_TOKEN", organizationOf(world.cloud, "preview").token);
  await pulumi("destroy", "--yes", "--skip-preview", "-s", preview);
  const stacks = JSON.parse((await pulumi("stack", "ls", "--json")).stdout);
  expect(stacks).toMatchObject([{ resourceCount: 0 }, { resourceCount: 0 }]);
});

test("no command asked for a host but loopback and the package registry, and for loopback through no proxy", () => {
  expect(world.strangers()).toEqual([]);
});
