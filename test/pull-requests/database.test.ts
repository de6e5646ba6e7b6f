import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrationsFolder } from "../../engine/paths.ts";
import { resetLocalCloud } from "../../local/cloud.ts";
import {
  dropDatabases,
  ensureDatabase,
  listDatabases,
  markDatabase,
} from "../../operations/previews/database/databases.ts";
import { dropOldTemplates, ensureTemplate, withDatabaseOf } from "../../operations/previews/database/template.ts";

import type { DatabaseLogin } from "../../operations/session/login.ts";
import { whileBlocked } from "../support/blocking-login.ts";
import { createDatabases } from "./shared-project.ts";

const dataDir = mkdtempSync(join(tmpdir(), "pr-database-"));
let login: DatabaseLogin;
let shared: Sql;
let platform: { user: string; password: string };
let template: string;
const mark = "0a1b2c3d";
const ours = (database: { mark?: string }) => database.mark === mark;

beforeAll(async () => {
  ({ login, platform } = await createDatabases(dataDir));
  shared = postgres({ ...login, username: login.user, max: 2, ssl: "require", onnotice: () => {} });
  template = await ensureTemplate(shared, { login, folder: migrationsFolder, mark });
}, 120_000);

afterAll(async () => {
  await shared?.end({ timeout: 1 });
  await resetLocalCloud({ dataDir });
  rmSync(dataDir, { recursive: true, force: true });
});

describe("isolation database", () => {
  test("the template accepts no connection, and a copy carries no credential", async () => {
    await expect(withDatabaseOf(login, template, (sql) => sql`select 1`)).rejects.toThrow(/not currently accepting/);
    expect(await ensureTemplate(shared, { login, folder: migrationsFolder, mark })).toBe(template);
    const name = await ensureDatabase(shared, { number: 5, mark, template });
    const held = await withDatabaseOf(login, name, async (sql) => {
      const [row] = await sql`select (select count(*)::int from vault.secrets) as vault,
        (select count(*)::int from pg_user_mappings) as mappings, (select count(*)::int from pg_foreign_server) as servers,
        (select count(*)::int from catalog.cruise_sailings) as sailings`;
      return row;
    });
    expect(held).toEqual({ vault: 0, mappings: 0, servers: 0, sailings: 300 });
  });

  test("two at once make one template, and previews make no cluster role", async () => {
    const roles = async () => (await shared`select rolname from pg_roles order by 1`).map(({ rolname }) => rolname);
    const before = await roles();
    const names = await Promise.all([6, 7].map((number) => ensureDatabase(shared, { number, mark, template })));
    expect(names).toEqual([`pr_6_${mark}`, `pr_7_${mark}`]);
    expect(await roles()).toEqual(before);
    const templates = await shared`select datname from pg_database where datname like 'pr\\_template%'`;
    expect(templates).toHaveLength(1);
  });

  test("a template whose collation is of an earlier version is made again", async () => {
    const superuser = postgres({ ...login, ...platform, username: platform.user, max: 1, ssl: "require" });
    await superuser`update pg_database set datcollversion = '0' where datname = ${template}`;
    await superuser.end();
    await expect(shared.unsafe(`create database pr_8 template ${template}`)).rejects.toThrow(/collation version/);
    expect(await ensureTemplate(shared, { login, folder: migrationsFolder, mark })).toBe(template);
    const name = await ensureDatabase(shared, { number: 8, mark, template });
    expect(name).toBe(`pr_8_${mark}`);
    expect(await dropDatabases(shared, 8, ours)).toEqual({ left: [], kept: [] });
  });

  test("goes although somebody is connected", async () => {
    const held = postgres({
      ...login,
      username: login.user,
      database: `pr_6_${mark}`,
      max: 1,
      ssl: "require",
      onnotice: () => {},
    });
    await held`select 1`;
    expect(await dropDatabases(shared, 6, ours)).toEqual({ left: [], kept: [] });
    await held.end({ timeout: 1 }).catch(() => undefined);
  });

  test("a session that may not be ended keeps it for now, closed; the next preview takes another name", async () => {
    const held = postgres({
      ...login,
      ...platform,
      username: platform.user,
      database: `pr_7_${mark}`,
      max: 1,
      ssl: "require",
    });
    await held`select 1`;
    expect(await dropDatabases(shared, 7, ours)).toEqual({ left: [`pr_7_${mark}`], kept: [] });
    await expect(withDatabaseOf(login, `pr_7_${mark}`, (sql) => sql`select 1`)).rejects.toThrow(
      /not currently accepting/,
    );
    expect(await ensureDatabase(shared, { number: 7, mark, template })).toBe(`pr_7_${mark}_2`);
    await held.end({ timeout: 1 });
    expect(await dropDatabases(shared, 7, ours)).toEqual({ left: [], kept: [] });
    expect((await listDatabases(shared)).map(({ name }) => name)).toEqual([`pr_5_${mark}`]);
  });

  test("two repositories in one project: each has its own database and template, and removes no other's", async () => {
    const theirs = { number: 5, mark: "ffffffff" };
    const connect = (other: { user: string; password: string }) =>
      postgres({ ...login, ...other, username: other.user, max: 1, ssl: "require", onnotice: () => {} });
    // Any login of the shared project can take the key that makers of templates wait for each other by.
    const { result: other, ended } = await whileBlocked(
      { owner: shared, connect, key: "hashtextextended('tailfire pr template', 0)" },
      () => ensureTemplate(shared, { login, folder: migrationsFolder, mark: theirs.mark }),
    );
    expect(ended).toBe(true);
    const name = await ensureDatabase(shared, { ...theirs, template: other });
    expect(name).toBe("pr_5_ffffffff");
    await shared`create database pr_5`;
    expect(await dropDatabases(shared, 5, ours)).toEqual({ left: [], kept: ["pr_5", name] });
    expect(await dropOldTemplates(shared, mark)).toEqual([]);
    const left = await shared`select datname from pg_database where datname like 'pr\\_%' order by 1`;
    expect(left.map(({ datname }) => datname)).toEqual(["pr_5", name, template, other].sort());
  });

  test("a database made without a mark is kept by the preview that recorded it, until it gets one", async () => {
    const wanted = { number: 5, mark, template };
    const isRecorded = (name: string) => name === "pr_5";
    expect(await ensureDatabase(shared, { ...wanted, isRecorded })).toBe("pr_5");
    const [unmarked] = (await listDatabases(shared)).filter((database) => database.mark === undefined);
    if (!unmarked) throw new Error("pr_5 is there");
    expect(await markDatabase(shared, unmarked, mark)).toBe(`pr_5_${mark}`);
    expect(await ensureDatabase(shared, wanted)).toBe(`pr_5_${mark}`);
  });
});
