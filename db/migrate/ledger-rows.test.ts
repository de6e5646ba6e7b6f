import { beforeEach, describe, expect } from "vitest";
import { bench, cluster, test } from "../../test/support/bench.ts";
import { openBench } from "../../test/support/database.ts";
import { drizzleOrmMigrate } from "../../test/support/drizzle.ts";
import { failureOf } from "../../test/support/failure.ts";
import { apply, dryRun, plan, status } from "../migrate.ts";
import { replay } from "./evidence.ts";
import { proposeRepair, recordProposal } from "./repair.ts";

// Rows and a sequence that others wrote, restored or changed: what is applied is known, and what is new is recorded.

beforeEach(() => bench.made.add("0001_a", "create table a (id int);"));

const folder = () => bench.made.folder;
const run = () => apply(bench.sql, { folder: folder() });

describe("rows", () => {
  test("twice are one migration, as Drizzle leaves them when it ran twice at once", async () => {
    await drizzleOrmMigrate(bench.url, folder());
    await bench.sql`insert into drizzle.__drizzle_migrations (hash, created_at) select hash, created_at from drizzle.__drizzle_migrations`;
    expect(await status(bench.sql, { folder: folder() })).toMatchObject({
      upToDate: true,
      unknown: [],
      repeated: [{ ledgerId: 2 }],
    });
    expect(await run()).toMatchObject({ applied: [], alreadyApplied: 1 });
    await bench.made.add("0002_b", "create table b (id int);");
    expect((await run()).applied).toMatchObject([{ tag: "0002_b" }]);
  });

  test("twice do not stand for another file of the same content", async () => {
    await bench.made.add("0002_once", "insert into a values (1);");
    await drizzleOrmMigrate(bench.url, folder());
    await bench.sql`insert into drizzle.__drizzle_migrations (hash, created_at) select hash, created_at from drizzle.__drizzle_migrations where id = 2`;
    await bench.made.add("0003_again", "insert into a values (1);");
    expect((await run()).applied).toMatchObject([{ tag: "0003_again" }]);
    expect(await bench.sql`select id from a`).toHaveLength(2);
  });

  test("without a time are known by their hash, and said to have none", async () => {
    await drizzleOrmMigrate(bench.url, folder());
    await bench.sql`update drizzle.__drizzle_migrations set created_at = null`;
    await bench.made.add("0002_b", "create table b (id int);");
    expect((await run()).applied).toMatchObject([{ tag: "0002_b" }]);
    await bench.sql`insert into drizzle.__drizzle_migrations (hash) values ('of another checkout')`;
    expect(await failureOf(run())).toMatch(/no journal time/);
    expect(await failureOf(run())).not.toMatch(/1970/);
  });

  test("without a hash are unknown, not a crash", async () => {
    await drizzleOrmMigrate(bench.url, folder());
    await bench.sql.unsafe(
      "alter table drizzle.__drizzle_migrations alter hash drop not null; insert into drizzle.__drizzle_migrations (created_at) values (1)",
    );
    await expect(run()).rejects.toMatchObject({ name: "MigrationError", code: "unknown" });
    expect(await failureOf(run())).toMatch(/Row 2 .*no hash/);
  });

  test("with ids of eight bytes stay numbers", async () => {
    await drizzleOrmMigrate(bench.url, folder());
    await bench.sql.unsafe("alter table drizzle.__drizzle_migrations alter id type bigint");
    await bench.made.write("0001_a", "create table a (id bigint);");
    expect((await plan(bench.sql, { folder: folder() })).edited).toMatchObject([{ ledgerId: 1 }]);
  });
});

describe("the sequence", () => {
  test.each(["a real run", "a rehearsal", "a repair"])("behind its rows does not stop %s", async (way) => {
    await bench.made.add("0002_b", "create table b (id int);");
    await bench.made.list(["0001_a"]);
    await run();
    await bench.sql.unsafe(
      "insert into drizzle.__drizzle_migrations (id, hash, created_at) select 2, hash, created_at from drizzle.__drizzle_migrations",
    );
    await bench.made.list(["0001_a", "0002_b"]);
    if (way === "a rehearsal") expect((await dryRun(bench.sql, { folder: folder() })).tried).toHaveLength(1);
    else if (way === "a repair") {
      await bench.sql`create table b (id int)`;
      const empty = await openBench(cluster);
      const replayed = await replay(empty.sql, { folder: folder() });
      await empty.close();
      await recordProposal(bench.sql, {
        folder: folder(),
        proposal: await proposeRepair(bench.sql, { folder: folder(), replayed }),
      });
      expect((await status(bench.sql, { folder: folder() })).upToDate).toBe(true);
    } else expect((await run()).applied).toHaveLength(1);
  });

  test("keeps serving Drizzle afterwards", async () => {
    await run();
    await bench.sql.unsafe("update drizzle.__drizzle_migrations set id = 7");
    await bench.made.add("0002_b", "create table b (id int);");
    await run();
    await bench.made.add("0003_c", "create table c (id int);");
    await drizzleOrmMigrate(bench.url, folder());
    expect(await bench.sql`select id from drizzle.__drizzle_migrations order by id`).toEqual([
      { id: 7 },
      { id: 8 },
      { id: 9 },
    ]);
  });
});

test("an audit trigger with a sequence of its own does not mix up the notes", async () => {
  await run();
  await bench.sql.unsafe(`create table public.audit (id serial primary key, what text);
    select setval('public.audit_id_seq', 500);
    create function public.note() returns trigger language plpgsql as $$ begin insert into public.audit (what) values (tg_op); return new; end $$;
    create trigger note after insert on drizzle.__drizzle_migrations for each row execute function public.note()`);
  await bench.made.add("0002_b", "create table b (id int);");
  await run();
  const notes =
    await bench.sql`select l.id, h.tag from drizzle.__drizzle_migrations l left join environment.migration_history h on h.ledger_id = l.id order by l.id`;
  expect(notes).toMatchObject([
    { id: 1, tag: "0001_a" },
    { id: 2, tag: "0002_b" },
  ]);
  expect(await bench.sql`select id from audit`).toEqual([{ id: 501 }]);
});

test.each([
  [
    "a trigger that answers nothing",
    `create function public.none() returns trigger language plpgsql as $$ begin return null; end $$;
     create trigger none before insert on drizzle.__drizzle_migrations for each row execute function public.none()`,
  ],
  [
    "an id without default",
    "alter table drizzle.__drizzle_migrations drop constraint __drizzle_migrations_pkey, alter id drop not null, alter id drop default",
  ],
])("a ledger that takes no row, by %s, has nothing applied that would run again", async (_, how) => {
  await run();
  await bench.sql.unsafe(how);
  await bench.made.add("0002_b", "create table b (id int);");
  await bench.made.add("0003_c", "create table c (id int);");
  expect(await failureOf(run())).toMatch(/drizzle.__drizzle_migrations took no row.*No file has to change/);
  expect([await bench.has("b"), await bench.has("c")]).toEqual([false, false]);
});
