import { expect, test } from "vitest";
import { sessionLoss } from "./session-loss.ts";

// The long form: npm run campaign -- session-loss --rounds 1000, or SESSION_LOSS_ROUNDS=1000 for this file.
const rounds = Number(process.env.SESSION_LOSS_ROUNDS ?? 30);
const seed = Number(process.env.SESSION_LOSS_SEED ?? Date.now() % 100_000);

test(
  "random session losses: no statement outside its identity or transaction, no hang, no uncaught error",
  async () => {
    console.log(`session losses: ${rounds} rounds, seed ${seed}`);
    const tally = await sessionLoss({ rounds, seed });
    expect(tally.rounds).toBe(rounds);
    // Losses met callers, and most callers got through.
    expect(tally.rejected).toBeGreaterThan(rounds);
    expect(tally.statements).toBeGreaterThan(tally.rejected);
  },
  120_000 + rounds * 3000,
);

test("the same rounds find what postgres.js does without the guard", async () => {
  const { strays, hangs, uncaught, unrecovered } = await sessionLoss({ rounds: 4, seed: 7, client: "plain" });
  expect(strays).toBeGreaterThan(0);
  expect(hangs + uncaught + unrecovered).toBeGreaterThan(0);
}, 240_000);
