import type { PostgresSettingsArgs } from "@pulumi/supabase";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresSettingsKind } from "../../providers/supabase/postgres-settings.provider.ts";
import { type EachProperty, updateEach } from "./each-property.ts";
import { Life } from "./life.ts";
import { PASSWORD, Trial } from "./trial.ts";

let trial: Trial;
let ref: string;
beforeAll(async () => {
  trial = await Trial.open();
  ref = await trial.createOutside("postgres properties");
});
afterAll(() => trial.close());

/** `restartDatabase` is no parameter of Postgres; it has a test of its own. */
const cases: EachProperty<PostgresSettingsArgs, "restartDatabase"> = {
  effectiveCacheSize: "256MB",
  logicalDecodingWorkMem: "32MB",
  maintenanceWorkMem: "32MB",
  trackActivityQuerySize: "2kB",
  maxConnections: 70,
  maxLocksPerTransaction: 80,
  maxParallelMaintenanceWorkers: 1,
  maxParallelWorkers: 5,
  maxParallelWorkersPerGather: 1,
  maxReplicationSlots: 7,
  maxSlotWalKeepSize: "512MB",
  maxStandbyArchiveDelay: "20s",
  maxStandbyStreamingDelay: "25s",
  maxWalSize: "512MB",
  maxWalSenders: 8,
  maxWorkerProcesses: 9,
  sessionReplicationRole: "local",
  sharedBuffers: "64MB",
  statementTimeout: "45s",
  trackCommitTimestamp: true,
  walKeepSize: "64MB",
  walSenderTimeout: "45s",
  workMem: "8MB",
  checkpointTimeout: "10min",
  hotStandbyFeedback: true,
};

test("each property is updated by itself, and in force for another client", { timeout: 120_000 }, async () => {
  await updateEach({
    kind: postgresSettingsKind,
    trial,
    ref,
    cases,
    async see(setting, written) {
      const { data } = await trial.client.getPostgresConfig(ref);
      const recorded = (data as Record<string, unknown>)[setting];
      const shown = await inForce(setting);
      const text = typeof written === "boolean" ? (written ? "on" : "off") : String(written);
      return shown === text && recorded === written ? written : { shown, recorded };
    },
  });
});

test("with restartDatabase: false, what needs a restart waits for one", { timeout: 30_000 }, async () => {
  const life = new Life({ kind: postgresSettingsKind, trial });
  await life.up({ projectRef: ref, maxConnections: 60 });
  const program = { projectRef: ref, maxConnections: 65, restartDatabase: false };
  expect(await life.up(program)).toEqual(["maxConnections"]);
  expect((await trial.client.getPostgresConfig(ref)).data).toMatchObject({ max_connections: 65 });
  expect(await inForce("max_connections")).toBe("60");
});

/** A parameter as a fresh session of the database shows it. */
async function inForce(setting: string): Promise<string> {
  const { host, port = 5432 } = (await trial.client.getProject(ref)).data.database as { host: string; port?: number };
  const login = { host, port, user: "postgres", database: "postgres", password: PASSWORD };
  const sql = postgres({ ...login, max: 1, fetch_types: false, onnotice: () => undefined });
  try {
    const [row] = await sql<{ value: string }[]>`select current_setting(${setting}) as value`;
    return row?.value ?? "";
  } finally {
    await sql.end({ timeout: 1 });
  }
}
