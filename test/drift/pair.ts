import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { checkStack } from "../../drift/check.ts";
import { LAYERS, type Layer } from "../../drift/finding.ts";
import type { StackResult } from "../../drift/result.ts";
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

  /** A connection as `postgres`, or as the platform's superuser; closed with the pair. */
  async sql(stack: Where, as: "postgres" | "platform" = "postgres"): Promise<Sql> {
    const key = `${stack} ${as}`;
    const known = this.#connections.get(key);
    if (known) return known;
    const outputs = await (await this.open(stack)).outputs({ showSecrets: true });
    const record = (await readState(cloudLayout(this.dataDir).state))?.projects.find(
      ({ ref }) => ref === outputs.ref?.value,
    );
    const sql = postgres({
      host: String(outputs.host?.value),
      port: Number(outputs.port?.value),
      database: String(outputs.database?.value),
      user: as === "platform" ? "supabase_admin" : String(outputs.user?.value),
      password: as === "platform" ? record?.internal.admin : String(outputs.databasePassword?.value),
      ssl: "require",
      max: 1,
      fetch_types: false,
      onnotice: () => {},
    });
    this.#connections.set(key, sql);
    return sql;
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
