import { beforeEach, describe, expect } from "vitest";
import { bench, cluster, test } from "../../test/support/bench.ts";
import { openBench } from "../../test/support/database.ts";
import { apply, status } from "../migrate.ts";
import { proposeBaseline } from "./adoption/baseline.ts";
import { replay } from "./evidence.ts";
import { proposeRepair, recordProposal } from "./repair.ts";

// Two files of the same content are two migrations.

beforeEach(() => bench.made.add("0001_a", "create table a (id int);"));

const folder = () => bench.made.folder;
const run = () => apply(bench.sql, { folder: folder() });

describe("two files of the same content", () => {
  beforeEach(async () => {
    await bench.made.add("0002_same", "drop table if exists s; create table s (id int);");
    await bench.made.add("0003_same", "drop table if exists s; create table s (id int);");
  });
  const replayed = async () => {
    const empty = await openBench(cluster);
    try {
      return await replay(empty.sql, { folder: folder() });
    } finally {
      await empty.close();
    }
  };

  test.each([
    ["repair", proposeRepair],
    ["baseline", proposeBaseline],
  ])("are both recorded by %s, and neither runs again", async (_, propose) => {
    await bench.sql.unsafe("create table a (id int); create table s (id int); insert into s values (1)");
    const options = { folder: folder(), replayed: await replayed() };
    await recordProposal(bench.sql, { folder: folder(), proposal: await propose(bench.sql, options) });
    expect(await status(bench.sql, { folder: folder() })).toMatchObject({ upToDate: true, applied: [{}, {}, {}] });
    await run();
    expect(await bench.sql`select id from s`).toHaveLength(1);
  });

  test("where one is applied already, repair records the other", async () => {
    await bench.made.list(["0001_a", "0002_same"]);
    await run();
    await bench.made.list(["0001_a", "0002_same", "0003_same"]);
    const options = { folder: folder(), replayed: await replayed() };
    await recordProposal(bench.sql, { folder: folder(), proposal: await proposeRepair(bench.sql, options) });
    expect((await status(bench.sql, { folder: folder() })).upToDate).toBe(true);
  });
});
