import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OperationResult } from "../../engine/result.ts";
import { makePlace, withSql } from "../support/environment.ts";
import { runTask } from "../support/run.ts";
import { type Restored, restorePair, STACKS, type StackName } from "./restore.ts";
import { readAgain, readTables, type Table } from "./rows.ts";
import { findSecrets } from "./secrets.ts";

const MINUTES = 60_000;
const fixtures = join(import.meta.dirname, "../fixtures");
const pairs = readdirSync(fixtures).filter((name) => name.startsWith("pair-"));

/** Steps that do something, as `update database:index:Migrations prod`. */
const steps = ({ steps }: OperationResult): string[] =>
  steps.flatMap(({ op, type, name }) => (["same", "refresh", "read"].includes(op) ? [] : [`${op} ${type} ${name}`]));

/** What today's program does to a pair that was left in order: nothing. An update that has to be stands here, with its reason. */
const WANTED: Readonly<Record<StackName, readonly string[]>> = {
  // The record says from now on that the project is protected.
  prod: ["update supabase:index/project:Project main", "update database:index:Migrations main"],
  preview: ["update database:index:Migrations main"],
};

/** Bookkeeping of the product, which may add to it. */
const mayGrow = /^(environment|drizzle)\./;

test("there is a pair to take over", () => {
  expect(pairs).toContain("pair-a4dc3bc");
});

test.each(pairs)("%s holds no secret", (pair) => {
  const folder = join(fixtures, pair);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  const harmless = new Set(readFileSync(join(folder, "harmless.txt"), "utf8").split("\n"));
  const found = files.flatMap((file) => {
    const bytes = readFileSync(join(folder, file));
    const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
    return findSecrets(text, harmless).map((secret) => `${file}: ${secret}`);
  });
  expect(files).toHaveLength(12);
  expect(found).toEqual([]);
});

/** What the local platform of then was born with, and that of today is not. No migration makes any of it. */
const BORN_OTHERWISE = [
  "schema:extension dblink",
  "schema:extension moddatetime",
  "security:function vault._crypto_aead_det_decrypt(bytea, bytea, bigint, bytea, bytea)#for service_role",
  "security:function vault.create_secret(text, text, text, uuid)#for service_role",
  "security:function vault.update_secret(uuid, text, text, text, uuid)#for service_role",
  "security:membership of postgres in pg_read_all_data#options",
  "security:table vault.secrets#for service_role",
  "security:table vault.secrets#row security",
  "security:view vault.decrypted_secrets#for service_role",
];
const idOf = ({ id }: { readonly id: string }): string => id;

describe.each(pairs)("%s", (pair) => {
  const place = makePlace("taken-over");
  const before = new Map<StackName, Map<string, Table>>();
  const platform = new Map<StackName, Sql>();
  let catalog: Map<string, Table>;
  let restored: Record<StackName, Restored>;

  const readCatalog = () => withSql(restored.preview.stack, (sql) => readTables(sql, "f"));

  beforeAll(async () => {
    restored = await restorePair(join(fixtures, pair), place);
    for (const name of STACKS) {
      const sql = restored[name].openAsPlatform();
      platform.set(name, sql);
      before.set(name, await readTables(sql, "r"));
    }
    catalog = await readCatalog();
  }, 2 * MINUTES);

  afterAll(async () => {
    for (const sql of platform.values()) await sql.end({ timeout: 1 });
    await place.remove();
  });

  test("has rows in both databases, and a catalog that is read across", () => {
    const count = (name: StackName, schema: string) =>
      [...(before.get(name) ?? [])].flatMap(([table, { rows }]) => (table.startsWith(`${schema}.`) ? rows : [])).length;
    for (const name of STACKS) expect(count(name, "public"), name).toBeGreaterThan(300);
    expect(count("prod", "catalog")).toBeGreaterThan(300);
    expect(catalog.size).toBe(16);
    for (const [table, held] of catalog) expect(held, table).toEqual(before.get("prod")?.get(table));
  });

  test("previews as it is, by what is recorded and by what is live", { timeout: 2 * MINUTES }, async () => {
    for (const name of STACKS) {
      for (const refresh of [false, true])
        expect(steps(await restored[name].stack.preview({ refresh })), `${name}, refresh ${refresh}`).toEqual(
          WANTED[name],
        );
    }
  });

  test.each(STACKS)("%s is taken over with every resource and row it had", { timeout: 2 * MINUTES }, async (name) => {
    const { stack, ref } = restored[name];
    // Without logical names, which changed (decision 0009).
    const identities = async () => (await stack.resources()).map(({ type, id }) => `${type} ${id}`);
    const held = await identities();
    expect(steps(await stack.up())).toEqual(WANTED[name]);
    expect(await identities()).toEqual(expect.arrayContaining(held));
    expect((await stack.outputs()).ref?.value).toBe(ref);
    expect((await stack.up({ expectNoChanges: true })).changed).toBe(false);
    const sql = platform.get(name);
    const tables = before.get(name);
    if (!sql || !tables) throw new Error(`${name} was not restored`);
    for (const [table, { rows }] of await readAgain(sql, tables)) {
      const kept = [...(tables.get(table)?.rows ?? [])];
      expect(rows, table).toEqual(mayGrow.test(table) ? expect.arrayContaining(kept) : kept);
    }
    expect(await readCatalog()).toEqual(catalog);
  });

  // What the database does not let in to be read is recorded with a note, which versions before 0.2 called `unread`.
  test("resources that were recorded as unread are read again", { timeout: 2 * MINUTES }, async () => {
    const { stack } = restored.preview;
    const state = await stack.exportState();
    const inDatabase = /:(VaultSecret|Migrations|ForeignCatalog)$/;
    const resources = (state.deployment.resources ?? []).map((resource) =>
      inDatabase.test(resource.type) ? { ...resource, outputs: { ...resource.outputs, unread: "28P01" } } : resource,
    );
    await stack.importState({ ...state, deployment: { ...state.deployment, resources } });
    const kinds = ["ForeignCatalog main", "Migrations main", "VaultSecret main-reader"];
    const updates = kinds.map((kind) => `update database:index:${kind}`);
    expect(steps(await stack.preview()).sort()).toEqual(updates);
    expect(steps(await stack.up({ refresh: false })).sort()).toEqual(updates);
    expect(JSON.stringify(await stack.resources())).not.toMatch(/"(unread|unreachable)"/);
    expect((await stack.up({ expectNoChanges: true })).changed).toBe(false);
  });

  test("drift goes on with the history it has", { timeout: 3 * MINUTES }, async () => {
    const [line = ""] = readFileSync(join(fixtures, pair, "drift-history.jsonl"), "utf8").split("\n");
    const [[id, since] = []] = Object.entries<string>(JSON.parse(line).findings);
    const { stdout, output } = await runTask("drift", [...STACKS, "--json"], { dataDir: place.dataDir });
    const { stacks } = JSON.parse(stdout) as {
      stacks: { stack: string; status: string; findings: { id: string }[] }[];
    };
    const seen = stacks.map(({ stack, status, findings }) => ({ stack, status, findings: findings.map(idOf).sort() }));
    expect(seen, output).toEqual([
      { stack: "prod", status: "drift", findings: BORN_OTHERWISE },
      { stack: "preview", status: "drift", findings: [...BORN_OTHERWISE, id].sort() },
    ]);
    expect(stacks[1]?.findings).toContainEqual(expect.objectContaining({ id, since }));
  });

  test("a recorded property under a name that is not read would show", { timeout: 2 * MINUTES }, async () => {
    const { stack } = restored.preview;
    const text = JSON.stringify(await stack.exportState());
    await stack.importState(JSON.parse(text.replaceAll('"vaultSecret":', '"secretOfVault":')));
    expect(steps(await stack.preview())).toContain("update database:index:ForeignCatalog main");
    await stack.importState(JSON.parse(text));
  });
});
