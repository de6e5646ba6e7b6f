import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { StackBusyError } from "../../engine/error.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { startLocalCloud } from "../../local/cloud.ts";
import { organizationOf, organizations } from "../../operations/session/organizations.ts";
import { random } from "../campaign/random.ts";
import { makePlace } from "../support/environment.ts";
import { killedTask } from "../support/run.ts";

const MINUTES = 60_000;
// The long form: KILL_ROUNDS=100 npx vitest run test/end-to-end/killed.test.ts; KILL_SEED repeats a run.
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 4);
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
const place = makePlace("killed");
afterAll(() => place.remove());

/** An engine that outlived its program for a moment holds the lock; it has to end by itself. */
async function upOnceFree(stack: EnvironmentStack): Promise<void> {
  for (const deadline = Date.now() + MINUTES; ; await sleep(500)) {
    try {
      await stack.up();
      return;
    } catch (error) {
      if (!(error instanceof StackBusyError) || Date.now() > deadline) throw error;
    }
  }
}

test(`up killed at random points converges at the next one (seed ${SEED})`, {
  timeout: (4 + ROUNDS) * MINUTES,
}, async () => {
  console.log(`killed.test: ${ROUNDS} rounds, seed ${SEED} (KILL_SEED=${SEED} repeats them)`);
  const next = random(SEED);
  // The daemon of the local cloud must not be among what is killed.
  const cloud = await startLocalCloud({ dataDir: place.dataDir, organizations: Object.values(organizations) });
  for (let round = 0; round < ROUNDS; round++) {
    const stack = round % 2 === 0 ? "prod" : "preview";
    const milliseconds = Math.round(1500 + next() * 6000);
    await killedTask(milliseconds, "up", [stack], { dataDir: place.dataDir });
    const { stack: opened } = await place.open(stack);
    await upOnceFree(opened);
    const again = await opened.up({ expectNoChanges: true });
    expect(again.changed, `round ${round}: ${stack} killed after ${milliseconds} ms`).toBe(false);
    const headers = { authorization: `Bearer ${organizationOf(cloud, stack).token}` };
    const projects: unknown[] = JSON.parse(await (await fetch(`${cloud.endpoint}/v1/projects`, { headers })).text());
    expect(projects).toHaveLength(1);
    if (round % 4 === 3) await opened.destroy({ unprotect: true });
  }
});
