import { expect, test } from "vitest";
import { prStorm } from "./storm.ts";

// The long form: npm run campaign -- pr-storm --events 500 --seed N.
const EVENTS = Number(process.env.STORM_EVENTS ?? 12);
const SEED = Number(process.env.STORM_SEED ?? Date.now() % 1_000_000);

test(`pull requests of two repositories come and go, commands are killed, and only the open ones are left (seed ${SEED})`, {
  timeout: (5 + EVENTS) * 60_000,
}, async () => {
  console.log(`storm.test: ${EVENTS} events, seed ${SEED} (STORM_SEED=${SEED} repeats them)`);
  const tally = await prStorm({ events: EVENTS, seed: SEED, numbers: 3, report: (line) => console.log(line) });
  expect(tally.events).toBe(EVENTS);
  expect(tally.pauses).toBeGreaterThan(0);
});
