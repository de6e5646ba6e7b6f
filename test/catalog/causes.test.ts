import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CAUSES } from "../../providers/database/foreign/cause.ts";
import { failureOf } from "../../providers/database/foreign/probe.ts";
import { errorOf } from "../database/migrated.ts";
import { root } from "../support/run.ts";
import { begin, end, pair, preview, probe, prod, repairAll, trials } from "./cause-trials.ts";
import { causeTable } from "./causes.ts";

const met = new Set<string>();

beforeAll(begin);
afterAll(end);

test.each(Object.entries(trials))("%s is told by its cause, and repaired", async (_, trial) => {
  await trial.breaking();
  const failures = await probe().finally(async () => {
    await trial.repair?.();
    await repairAll();
  });
  expect(failures).toEqual([
    {
      tables: trial.tables ?? ["cruise_regions", "cruise_lines"],
      code: trial.code,
      said: expect.stringContaining(`SQLSTATE ${trial.code}: `),
      cause: expect.stringMatching(trial.cause),
      next: expect.stringMatching(/./),
    },
  ]);
  expect(failures.join()).not.toContain(pair.reader.state.password);
  met.add(failures[0]?.cause ?? "");
  expect(await probe()).toEqual([]);
});

test("what no read meets: a lost transaction, a write, a missing table, a bad option", async () => {
  const met08006 = async () => {
    await preview("begin; select from catalog.cruise_lines");
    await prod("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'fdw_catalog_ro_a'");
    return errorOf(preview("select from catalog.cruise_lines")).finally(() => preview("rollback"));
  };
  const source = "environment.catalog_source()";
  const errors = [
    [await met08006(), /connection to the publisher was lost/],
    [await errorOf(preview("delete from catalog.cruise_lines")), /read only/],
    [
      await errorOf(preview(`select environment.sync_foreign_tables(${source}, array['absent'], true)`)),
      /lacks the schema or table/,
    ],
    [await errorOf(preview("alter server prod_catalog options (add nonsense '1')")), /option the wrapper refuses/],
  ] as const;
  for (const [error, cause] of errors) {
    const failure = failureOf(error, []);
    expect(failure.cause).toMatch(cause);
    met.add(failure.cause);
  }
});

test("where ranges are known that network restrictions admit, a failure names them", async () => {
  const error = Object.assign(new Error('could not connect to server "x"'), {
    code: "08001",
    detail: 'connection to server at "10.0.0.1", port 5432 failed: Connection timed out\n\tIs the server running?',
  });
  expect(failureOf(error, [], ["203.0.113.0/24"]).next).toMatch(/admit only 203\.0\.113\.0\/24/);
});

test("every cause was met, and the documentation lists them", async () => {
  expect([...met].sort()).toEqual([...new Set(CAUSES.map(({ cause }) => cause))].sort());
  expect(await readFile(join(root, "docs/explanation/catalog.md"), "utf8")).toContain(causeTable());
});
