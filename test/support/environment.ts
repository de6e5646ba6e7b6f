import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import postgres from "postgres";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { type LocalCloud, resetLocalCloud } from "../../local/cloud.ts";
import { openSession } from "../../operations/session/session.ts";

/** A data folder with a local cloud of its own, for one test file. */
export interface Place {
  readonly dataDir: string;
  /** Opens a stack there, with the program of this project or another one. */
  open(stack: string, program?: PulumiFn): Promise<{ stack: EnvironmentStack; cloud: LocalCloud }>;
  /** Stops and removes everything. */
  remove(): Promise<void>;
}

export function makePlace(name: string): Place {
  return placeIn(mkdtempSync(join(tmpdir(), `${name}-`)));
}

/** The same for a folder that is there, or is made when a stack is opened. */
export function placeIn(dataDir: string): Place {
  return {
    dataDir,
    async open(stack, program) {
      const session = await openSession({ stack, dataDir, program });
      if (!session.localCloud) throw new Error("the session is not local");
      return { stack: session.stack, cloud: session.localCloud };
    },
    async remove() {
      await resetLocalCloud({ dataDir });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Opens the database of a stack as role `postgres`, or another login of it. */
export async function connect(
  stack: EnvironmentStack,
  login: { readonly user?: string; readonly password?: string } = {},
): Promise<postgres.Sql> {
  const outputs = await stack.outputs({ showSecrets: true });
  return postgres({
    host: String(outputs.host?.value),
    port: Number(outputs.port?.value),
    database: String(outputs.database?.value),
    user: login.user ?? String(outputs.user?.value),
    password: login.password ?? String(outputs.databasePassword?.value),
    ssl: "require",
    max: 1,
    fetch_types: false,
    connect_timeout: 10,
    onnotice: () => {},
  });
}

/** Runs `work` with a connection that is closed afterwards. */
export async function withSql<Result>(
  stack: EnvironmentStack,
  work: (sql: postgres.Sql) => Promise<Result>,
  login: { readonly user?: string; readonly password?: string } = {},
): Promise<Result> {
  const sql = await connect(stack, login);
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

/** The SQLSTATE a statement fails with, or "ok". */
export async function sqlstateOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "ok";
  } catch (error) {
    if (error instanceof postgres.PostgresError) return error.code;
    throw error;
  }
}
