import { expect, test } from "vitest";
import { migrateKill } from "./migrate-kill.ts";
import { migrateRace } from "./migrate-race.ts";

// The short forms; `npm run campaign -- migrate-race --rounds 50` and `-- migrate-kill --rounds 200` are the long ones.

test("8 runners at once: every migration exactly once, none fails", async () => {
  await migrateRace({ rounds: 10, seed: 5 });
}, 120_000);

test("killed at random points (runner, backend, network): the next run converges, nothing twice, no lock left", async () => {
  const tally = await migrateKill({ rounds: 9, seed: 7 });
  expect(tally.runner + tally.backend + tally.network).toBeGreaterThan(2);
}, 240_000);
