import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { checkStack } from "../../drift/check.ts";
import { LAYERS, type Layer } from "../../drift/finding.ts";
import type { StackResult } from "../../drift/result.ts";
import type { Target } from "../../drift/target.ts";
import { listStacks } from "../../engine/list.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { ConfigValue } from "../../engine/settings.ts";
import { cloudLayout } from "../../local/layout.ts";
import { readState } from "../../local/state.ts";
import { openSubject } from "../../scripts/drift/subject.ts";
import { organizationOf } from "../../scripts/organizations.ts";
import { openSession } from "../../scripts/session.ts";
import { changeStackSettings } from "../../scripts/stack-settings.ts";
import { makePlace, type Place } from "../support/environment.ts";
import type { ApiChange, Where } from "./mutations/mutation.ts";
import { settingsProgram } from "./program.ts";

/** Production and a preview, both converged by the real engine, in a local cloud of their own. */
export class Pair {
  readonly dataDir: string;
  readonly #place: Place | undefined;
  readonly #connections = new Map<string, Sql>();

  private constructor(dataDir: string | undefined) {
    this.#place = dataDir ? undefined : makePlace("drift");
    this.dataDir = dataDir ?? this.#place?.dataDir ?? "";
  }

  /** Makes both, or takes those of a data folder. The data folder of this process is theirs from here on. */
  static async start(dataDir?: string): Promise<Pair> {
    const pair = new Pair(dataDir);
    process.env.TAILFIRE_DATA_DIR = pair.dataDir;
    await pair.up("prod");
    await pair.up("preview");
    return pair;
  }

  async open(stack: Where): Promise<EnvironmentStack> {
    return (await openSession({ stack, program: settingsProgram })).stack;
  }

  async up(stack: Where): Promise<void> {
    await (await this.open(stack)).up();
  }

  /** The whole check, as the command makes it; or some of its layers. */
  async check(stack: Where, layers: readonly Layer[] = LAYERS): Promise<StackResult> {
    process.env.TAILFIRE_READ_ONLY = "1";
    try {
      const found = (
        await listStacks({ cloud: "local", dataDir: this.dataDir, settingsDir: join(this.dataDir, "x") })
      ).find(({ name }) => name === stack);
      const subject = await openSubject({
        stack,
        found,
        project: "tailfire",
        cloud: "local",
        program: settingsProgram,
      });
      return await checkStack(subject, { layers, failOn: "low" });
    } finally {
      delete process.env.TAILFIRE_READ_ONLY;
    }
  }

  /** How the database of a stack is reached as `postgres`. */
  async target(stack: Where): Promise<Target> {
    const outputs = await (await this.open(stack)).outputs({ showSecrets: true });
    const text = (name: string) => String(outputs[name]?.value);
    const [host, port, database, user] = [text("host"), Number(text("port")), text("database"), text("user")];
    return { host, port, database, user, password: text("databasePassword") };
  }

  /** A connection as `postgres`, or as the platform's superuser; closed with the pair. */
  async sql(stack: Where, as: "postgres" | "platform" = "postgres"): Promise<Sql> {
    const key = `${stack} ${as}`;
    const known = this.#connections.get(key);
    if (known) return known;
    const target = await this.target(stack);
    const sql = postgres({
      ...target,
      ...(as === "platform" ? await this.#platformLogin(target) : {}),
      ssl: "require",
      max: 1,
      fetch_types: false,
      onnotice: () => {},
    });
    this.#connections.set(key, sql);
    return sql;
  }

  async #platformLogin({ host, port }: Target): Promise<{ user: string; password: string }> {
    const state = await readState(cloudLayout(this.dataDir).state);
    const record = state?.projects.find(({ address }) => address.host === host && address.port === port);
    if (!record) throw new Error(`the local cloud has no project at ${host}:${port}`);
    return { user: "supabase_admin", password: record.internal.admin };
  }

  /** Asks the Management API as the organization's owner. @throws what it answered, where that is no success. */
  async api(stack: Where, { method, path, body }: ApiChange): Promise<void> {
    const { stack: opened, localCloud } = await openSession({ stack, program: settingsProgram });
    if (!localCloud) throw new Error("the pair lives in a local cloud");
    const { token } = organizationOf(localCloud, stack);
    const ref = String((await opened.outputs()).ref?.value);
    const response = await fetch(`${localCloud.endpoint}/v1/projects/${ref}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }

  /** Sets configuration keys of a stack, as an edit of its file does. */
  async configure(stack: Where, config: Readonly<Record<string, ConfigValue>>): Promise<void> {
    await changeStackSettings({ dataDir: this.dataDir, stack }, config);
  }

  async remove(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((sql) => sql.end({ timeout: 1 })));
    await this.#place?.remove();
  }
}
