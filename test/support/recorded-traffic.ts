import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Description, readDescription, type Traffic } from "../clients/openapi.ts";

const SHOWN = 20;
/** What the local cloud adds on purpose: the ports of a database that got no address of its own, and of an API. */
export const ADDED = /answer(\[\d+\])?\.(database\.(api_)?port|api_port): not described$/;

/**
 * Around a whole run of the tests: every local cloud they start records what it is asked and answers, and in the end all
 * that succeeded is held against the API's description.
 */
export async function setup(): Promise<() => Promise<void>> {
  const description = readDescription();
  const folder = await mkdtemp(join(tmpdir(), "recorded-traffic-"));
  process.env.TAILFIRE_RECORD = folder;
  return async () => {
    try {
      await check(folder, description);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function check(folder: string, description: Description): Promise<void> {
  const operations = new Set<string>();
  const wrong = new Map<string, number>();
  let requests = 0;
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), "utf8");
    // A daemon that was killed may have been writing its last line.
    for (const line of text.split("\n").slice(0, -1)) {
      const traffic = JSON.parse(line) as Traffic;
      if (traffic.status >= 400) continue;
      requests++;
      operations.add(`${traffic.method} ${traffic.path.replace(/[a-z]{20}|[0-9a-f-]{36}/g, ":id")}`);
      for (const problem of description.problemsOf(traffic).filter((one) => !ADDED.test(one)))
        wrong.set(problem, (wrong.get(problem) ?? 0) + 1);
    }
  }
  if (requests > 0) console.log(`recorded traffic: ${requests} requests, ${operations.size} operations`);
  if (wrong.size === 0) return;
  const lines = [...wrong].slice(0, SHOWN).map(([problem, times]) => `  ${problem} (${times} times)`);
  // A failure of the tear-down alone would not fail the run.
  process.exitCode = 1;
  console.error(`recorded traffic differs from the API's description in ${wrong.size} ways:\n${lines.join("\n")}`);
}
