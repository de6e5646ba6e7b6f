// What a preview costs: `pr up` with isolation database next to its floor, and previews 1 and 50.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { migrationsFolder } from "../engine/paths.ts";
import { resetLocalCloud } from "../local/cloud.ts";
import { openContext, openPreview } from "../operations/previews/context.ts";
import { dropDatabases, ensureDatabase } from "../operations/previews/database/databases.ts";
import { requireShared, withShared } from "../operations/previews/database/shared.ts";
import { ensureTemplate } from "../operations/previews/database/template.ts";
import { previewProgram } from "../operations/previews/program.ts";
import type { Stamp } from "../operations/previews/stamp.ts";
import { upPreview } from "../operations/previews/up.ts";

import { openSession } from "../operations/session/session.ts";
import { branchNameOf, databaseNameOf } from "../operations/session/stack-names.ts";
import { describeMachine } from "./machine.ts";
import { median, table } from "./table.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** @param options.count previews that are made @param options.rounds measurements of the floor */
export async function benchPr({
  count,
  rounds,
  json,
}: {
  count: number;
  rounds: number;
  json: boolean;
}): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "bench-pr-"));
  process.env.TAILFIRE_DATA_DIR = dataDir;
  try {
    for (const stack of ["prod", "preview"]) await (await openSession({ stack, dataDir })).stack.up();
    const context = await openContext({ cloud: "local", onProgress: () => {} });
    const shared = await (await requireShared(context, "database"))();
    const made: number[] = [];
    for (let number = 1; number <= count; number++) {
      made.push(await seconds(() => upPreview(context, { number, isolation: "database", base: "HEAD" })));
      say(`preview ${number}: ${made.at(-1)?.toFixed(2)} s`);
    }
    // The floor uses one preview that is there: its stack is opened, and an up of it changes nothing.
    const floor: number[] = [];
    const stamp: Stamp = (await upPreview(context, { number: 1, base: "HEAD" })).stamp;
    for (let round = 0; round < rounds; round++) {
      const { mark } = context;
      const from = { login: shared, folder: migrationsFolder, mark };
      const template = await withShared(shared, (sql) => ensureTemplate(sql, from));
      const number = 9000 + round;
      const create = await seconds(() => withShared(shared, (sql) => ensureDatabase(sql, { number, mark, template })));
      const home = { ...shared, database: databaseNameOf(1, mark) };
      const program = previewProgram({ stamp, home, names: { branch: branchNameOf(1, mark) } });
      const { stack } = await openPreview(context, 1, { program, config: { catalog: "standalone" } });
      const up = await seconds(() => stack.up({ refresh: true }));
      floor.push(create + up);
      await withShared(shared, (sql) => dropDatabases(sql, number, (one) => one.mark === mark));
      say(`floor: create ${create.toFixed(2)} s, no-change up ${up.toFixed(2)} s`);
    }
    report({ made, floor: median(floor), json });
  } finally {
    await resetLocalCloud({ dataDir });
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function report({ made, floor, json }: { made: readonly number[]; floor: number; json: boolean }): void {
  const edge = Math.min(5, made.length);
  // The first makes the template, once for all.
  const first = median(made.slice(1, 1 + edge));
  const last = median(made.slice(-edge));
  const document = {
    machine: describeMachine(),
    count: made.length,
    template: made[0],
    first,
    last,
    growth: last / first,
    floor,
    ratio: median([...made.slice(1)]) / floor,
  };
  if (json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  else {
    const rows = Object.entries(document).map(([name, value]) => [
      name,
      typeof value === "number" ? value.toFixed(2) : String(value),
    ]);
    process.stdout.write(`${table(["figure", "seconds or ratio"], rows)}\n`);
  }
}
