import { type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Delta, plan, supabasePolicy } from "@supabase/pg-delta";
import { findSupabaseProgram } from "../../local/daemon/supabase-program.ts";
import { readSchema } from "../../operations/drift/core/layers/schema-facts.ts";
import type { DatabaseLogin } from "../../operations/session/login.ts";
import type { Change, Mutation, Where } from "../drift/mutations/mutation.ts";
import { root } from "../support/run.ts";

/** An environment's database, and one that was not touched at the same version in the same mode. */
export interface Databases {
  readonly live: DatabaseLogin;
  readonly shadow: DatabaseLogin;
}

/** A tool that looks into a database, and everything it says of one. */
export interface DatabaseTool {
  readonly name: string;
  /** Whether it claims to see changes of this kind. */
  covers(mutation: Mutation): boolean;
  say(databases: Databases): Promise<readonly string[]>;
}

/** Whether a change is one of the schema: no rows, no request to the platform, no file. */
function changesSchema({ change }: Mutation): boolean {
  return [change].flat().some((one: Change) => "sql" in one && !/^\s*(update|insert|delete|select)\b/i.test(one.sql));
}

/** Whether a change reaches the database at all. */
export function changesDatabase({ change }: Mutation): boolean {
  return [change].flat().some((one: Change) => "sql" in one);
}

const shadows = new Map<DatabaseLogin, ReturnType<typeof readSchema>>();

const pgDelta: DatabaseTool = {
  name: "pg-delta",
  covers: changesSchema,
  async say({ live, shadow }) {
    // A shadow stays as it is.
    const expected = shadows.get(shadow) ?? readSchema(shadow);
    shadows.set(shadow, expected);
    const found = await readSchema(live);
    return plan((await expected).facts, found.facts, { policy: supabasePolicy }).deltas.map(textOf);
  },
};

function textOf(delta: Delta): string {
  return JSON.stringify(delta, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

/** What a schema of Drizzle has words for. */
const DRIZZLE_KINDS =
  /^(table|column|default|constraint|index|policy|type|view|materialized view|sequence|schema|role) /;

const drizzleKit: DatabaseTool = {
  name: "drizzle-kit push",
  covers: (mutation) =>
    changesSchema(mutation) &&
    mutation.finds.some(({ layer, object }) => layer === "schema" && DRIZZLE_KINDS.test(object)),
  // With strict: true, as in drizzle.config.ts, it asks before it executes anything, and there is no answer.
  async say({ live }) {
    const url = `${urlOf(live)}?sslmode=no-verify&options=${encodeURIComponent("-c default_transaction_read_only=on")}`;
    const bin = join(root, "node_modules", "drizzle-kit", "bin.cjs");
    const settings = { cwd: root, env: { ...process.env, DATABASE_URL: url } };
    const { code, stdout, stderr } = await run(
      process.execPath,
      [bin, "push", "--config", "drizzle.config.ts"],
      settings,
    );
    const isQuestion = stderr.includes("Interactive prompts require");
    if (code !== 0 && !isQuestion) throw new Error(`drizzle-kit push failed: ${stderr.trim().slice(-500)}`);
    const statements = linesOf(stdout);
    return statements.length > 0 || !isQuestion ? statements : ["asks whether something was renamed"];
  },
};

const TIMEOUT_MS = 120_000;

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a terminal. Into files: what a program wrote to a pipe as it ended may be lost. */
async function run(
  program: string,
  args: readonly string[],
  settings: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), "drift-compare-"));
  const [out, err] = await Promise.all(["out", "err"].map((name) => open(join(folder, name), "w")));
  try {
    const stdio = ["ignore", out?.fd ?? "ignore", err?.fd ?? "ignore"] satisfies StdioOptions;
    const child = spawn(program, args, { ...settings, stdio, timeout: TIMEOUT_MS });
    const [code]: (number | null)[] = await once(child, "close");
    const read = (name: string) => readFile(join(folder, name), "utf8");
    return { code: code ?? null, stdout: await read("out"), stderr: await read("err") };
  } finally {
    await Promise.all([out?.close(), err?.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is left of an output without colours, spinners and greetings. */
function linesOf(output: string): string[] {
  const lines = stripVTControlCharacters(output).split(/[\r\n]+/);
  return lines.map((line) => line.trim()).filter((line) => line !== "" && !CHATTER.test(line));
}

const CHATTER =
  /Pulling schema|Reading config file|Using '\w+' driver|No (schema )?changes (found|detected)|You are about to execute|^\[.\]/;

/** It read both databases and says why it will not plan from one to the other. */
const REFUSAL = /Database diff failed: plan: .*/;

/** `supabase db diff`; undefined where the CLI has no program for this platform. */
function supabaseDiff(folder: string): DatabaseTool | undefined {
  const program = findSupabaseProgram();
  if (!program) return undefined;
  mkdirSync(folder, { recursive: true });
  const env = { PATH: process.env.PATH, HOME: folder, SUPABASE_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
  return {
    name: "supabase db diff",
    covers: changesSchema,
    async say({ live, shadow }) {
      const args = ["db", "diff", "--use-pg-delta", "--from", urlOf(shadow), "--to", urlOf(live), "--agent", "no"];
      const settings = { env, cwd: folder };
      const { code, stdout, stderr } = await run(program, [...args, "--workdir", folder], settings);
      const refusal = REFUSAL.exec(stripVTControlCharacters(stderr))?.[0];
      if (code !== 0 && !refusal) throw new Error(`supabase db diff failed: ${stderr.trim().slice(-500)}`);
      return refusal ? [refusal] : linesOf(stdout);
    },
  };
}

// The password of an environment that lives as long as the campaign.
function urlOf({ host, port, database, user, password }: DatabaseLogin): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

/** Every tool that looks into a database and can run here. */
export function databaseTools(folder: string): readonly DatabaseTool[] {
  return [supabaseDiff(join(folder, "supabase-cli")), drizzleKit, pgDelta].flatMap((tool) => tool ?? []);
}

/**
 * Tells what a tool says of a change from what it says before it was made and after it was taken back: the three differ by
 * themselves where a tool reads catalogs in the order their rows happen to lie in.
 */
export class Listener {
  readonly tool: DatabaseTool;
  readonly #known = new Map<Where, string>();
  /** Lines it says of untouched environments. */
  noise = 0;

  constructor(tool: DatabaseTool) {
    this.tool = tool;
  }

  async learn(on: Where, databases: Databases): Promise<void> {
    const lines = await this.tool.say(databases);
    this.noise += lines.length;
    this.#known.set(on, joined(lines));
  }

  /** What it says of a change; undefined where that is what it said before. */
  async saysOf(on: Where, databases: Databases): Promise<string | undefined> {
    const said = joined(await this.tool.say(databases));
    return said === this.#known.get(on) ? undefined : said;
  }

  /** Whether it no longer says so, after the change was taken back. */
  async takesBack(on: Where, databases: Databases, said: string): Promise<boolean> {
    const now = joined(await this.tool.say(databases));
    this.#known.set(on, now);
    return now !== said;
  }
}

function joined(lines: readonly string[]): string {
  return [...lines].sort().join("\n");
}
