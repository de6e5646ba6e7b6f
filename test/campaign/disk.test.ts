import { expect, test } from "vitest";
import { diskFaults } from "./disk.ts";

// The long form: npm run campaign -- disk --rounds 200.
test("no stack is stuck by a disk that was full or read-only for a moment", { timeout: 300_000 }, async ({ skip }) => {
  const tally = await diskFaults({ rounds: 4, seed: 7, report: (line) => console.log(`disk, seed 7, ${line}`) });
  if (typeof tally === "string") {
    console.log(`disk.test is skipped: ${tally}`);
    return skip(tally);
  }
  expect(tally.failed).toBeGreaterThan(0);
});
