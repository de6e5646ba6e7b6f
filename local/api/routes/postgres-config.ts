import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Hono } from "hono";
import postgres from "postgres";
import { z } from "zod";
import { projectLayout } from "../../layout.ts";
import { adminLogin, withSession } from "../../postgres/session.ts";
import { restartProject } from "../../projects/work.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";
import { requireActive } from "../require-active.ts";

const duration = z.string().regex(/^(-?[0-9]+(?:\.[0-9]+)?)(us|ms|s|min|h|d)?$/);
const worker = z.int().min(0).max(1024);
const updateBody = z.strictObject({
  effective_cache_size: z.string().optional(),
  logical_decoding_work_mem: z.string().optional(),
  maintenance_work_mem: z.string().optional(),
  track_activity_query_size: z.string().optional(),
  max_connections: z.int().min(1).max(262_143).optional(),
  max_locks_per_transaction: z.int().min(10).max(2_147_483_640).optional(),
  max_parallel_maintenance_workers: worker.optional(),
  max_parallel_workers: worker.optional(),
  max_parallel_workers_per_gather: worker.optional(),
  max_replication_slots: z.int().optional(),
  max_slot_wal_keep_size: z.string().optional(),
  max_standby_archive_delay: z.string().optional(),
  max_standby_streaming_delay: z.string().optional(),
  max_wal_size: z.string().optional(),
  max_wal_senders: z.int().optional(),
  max_worker_processes: z.int().min(0).max(262_143).optional(),
  session_replication_role: z.enum(["origin", "replica", "local"]).optional(),
  shared_buffers: z.string().optional(),
  statement_timeout: duration.optional(),
  track_commit_timestamp: z.boolean().optional(),
  wal_keep_size: z.string().optional(),
  wal_sender_timeout: duration.optional(),
  work_mem: z.string().optional(),
  checkpoint_timeout: duration.optional(),
  hot_standby_feedback: z.boolean().optional(),
  restart_database: z.boolean().optional(),
});

type Values = ProjectRecord["settings"]["postgres"];

/** GET and PUT /config/database/postgres: ALTER SYSTEM, then a reload, and a restart where a setting needs it. */
export function postgresConfigApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/config/database/postgres", (c) => c.json(c.get("project").settings.postgres));
  app.put("/config/database/postgres", async (c) => {
    const record = requireActive(c.get("project"));
    const { restart_database: restart = true, ...given } = await readBody(c, updateBody);
    const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Values;
    const before = record.settings.postgres;
    await context.lifecycle.apply(record, async () => {
      await alterSystem({ record, from: before, to: values });
      record.settings.postgres = values;
      if (restart && (await needsRestart(record))) await restartOrReturn({ context, record, before });
      await context.state.save();
    });
    return c.json(record.settings.postgres);
  });
  return app;
}

/** What is not in `to` gets its default again. A value Postgres does not take changes nothing. */
async function alterSystem(options: { record: ProjectRecord; from: Values; to: Values }): Promise<void> {
  const { record, from, to } = options;
  const gone = Object.keys(from).filter((name) => !(name in to));
  await asAdmin(record, async (sql) => {
    const done: string[] = [];
    try {
      for (const [name, value] of Object.entries(to)) {
        await sql.unsafe(`alter system set ${name} = '${String(value).replaceAll("'", "''")}'`);
        done.push(name);
      }
      for (const name of gone) await sql.unsafe(`alter system reset ${name}`);
    } catch (error) {
      for (const name of done) {
        const old = from[name];
        const text = old === undefined ? `reset ${name}` : `set ${name} = '${String(old).replaceAll("'", "''")}'`;
        await sql.unsafe(`alter system ${text}`);
      }
      if (error instanceof postgres.PostgresError) throw new ApiError(400, `${error.code}: ${error.message}`);
      throw error;
    }
    await sql`select pg_reload_conf()`;
  });
}

async function needsRestart(record: ProjectRecord): Promise<boolean> {
  return asAdmin(record, async (sql) => {
    // The reload reaches this backend with its next command at the earliest.
    await sql`select pg_sleep(0.05)`;
    const waiting = await sql`select 1 from pg_settings where pending_restart limit 1`;
    return waiting.length > 0;
  });
}

/** A value Postgres takes but cannot start with must not leave the project down. */
async function restartOrReturn(options: { context: ApiContext; record: ProjectRecord; before: Values }): Promise<void> {
  const { context, record, before } = options;
  try {
    await restartProject(context, record);
  } catch (error) {
    await rm(join(projectLayout(context.layout, record.ref).data, "postgresql.auto.conf"), { force: true });
    await restartProject(context, record);
    await alterSystem({ record, from: {}, to: before });
    record.settings.postgres = before;
    await restartProject(context, record);
    await context.state.save();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError(500, `Failed to update project's Postgres config: ${reason}; the former config is back`);
  }
}

async function asAdmin<T>(record: ProjectRecord, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  return withSession({
    address: record.address,
    login: adminLogin(record),
    applicationName: "local cloud: configuration",
    work,
  });
}
