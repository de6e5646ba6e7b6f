import { expect, test } from "vitest";
import { faultTable } from "./fault-table.ts";
import { faults } from "./faults.ts";

// The short form; `npm run campaign -- faults --rounds 300` is the long one.
test("random faults through the real engine: the runs converge, with one project and one key", async () => {
  const tally = await faults({ rounds: 5, seed: 3, report: (line) => console.log(`faults, seed 3, ${line}`) });
  expect(tally.failed).toBeGreaterThan(0);
}, 300_000);

// A spread of the table; `npm run campaign -- fault-table` is all of it.
test("each fault at each call: every 29th case converges, with one project, one key and one branch", async () => {
  const tally = await faultTable({ every: 29, seed: 18, report: (line) => console.log(`fault table, ${line}`) });
  expect(tally.calls).toBeGreaterThan(15);
  expect(tally.cases).toBeGreaterThan(2);
  expect(tally.failed).toBeGreaterThan(0);
}, 300_000);
