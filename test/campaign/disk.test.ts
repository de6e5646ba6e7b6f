import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { root } from "../support/run.ts";
import { diskFaults } from "./disk.ts";
import { SmallDisk } from "./small-disk.ts";

const MINUTES = 60_000;
const isMounted = (prefix: string) => readFileSync("/proc/mounts", "utf8").includes(` ${prefix}`);

/** A folder as a campaign leaves it that was killed, or why there can be none. */
async function leftByKilled(): Promise<{ folder: string; reason?: string }> {
  const gone = spawn("true");
  await once(gone, "exit");
  const folder = join(tmpdir(), `disk-campaign-${gone.pid}-killed`);
  mkdirSync(folder);
  const disk = await SmallDisk.open(join(folder, "disk"), 1);
  return { folder, ...(typeof disk === "string" ? { reason: disk } : {}) };
}

// The long form: npm run campaign -- disk --rounds 200.
test("no stack is stuck by a disk that was full or read-only for a moment", {
  timeout: 5 * MINUTES,
}, async ({ skip }) => {
  const { folder, reason } = await leftByKilled();
  const tally = await diskFaults({ rounds: 4, seed: 7, report: (line) => console.log(`disk, seed 7, ${line}`) });
  expect(existsSync(folder), "what a killed campaign left is cleared by the next one").toBe(false);
  expect(typeof tally === "string").toBe(reason !== undefined);
  if (typeof tally === "string") {
    console.log(`disk.test is skipped: ${tally}`);
    return skip(tally);
  }
  expect(tally.failed).toBeGreaterThan(0);
});

test("a campaign that is asked to stop says so, and leaves nothing mounted and no folder", {
  timeout: 2 * MINUTES,
}, async ({ skip }) => {
  const { reason } = await leftByKilled();
  if (reason) return skip(reason);
  const options = ["disk", "--rounds", "100000", "--seed", "7"];
  const command = ["--import", "tsx/esm", join(root, "commands/campaign.ts"), ...options];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const own = join(tmpdir(), `disk-campaign-${child.pid}-`);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith("round 1:")) {
      expect(isMounted(own)).toBe(true);
      child.kill("SIGTERM");
    }
  }
  expect(lines.at(-1)).toMatch(/^was asked to stop after [\d.]+ s$/);
  expect(await ended).toEqual([130, null]);
  expect(isMounted(own)).toBe(false);
});
