import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { listStacks } from "../../engine/list.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { ConfigValue } from "../../engine/settings.ts";
import { cloudLayout } from "../../local/layout.ts";
import { readState } from "../../local/state.ts";
import { checkStack } from "../../operations/drift/core/check.ts";
import { LAYERS, type Layer } from "../../operations/drift/core/finding.ts";
import type { StackResult } from "../../operations/drift/core/result.ts";
import { openSubject } from "../../operations/drift/subject.ts";
import type { DatabaseLogin } from "../../operations/session/login.ts";
import { organizationOf } from "../../operations/session/organizations.ts";
import { openSession } from "../../operations/session/session.ts";
import { changeStackSettings } from "../../operations/session/stack-settings.ts";
import { makePlace, type Place } from "../support/environment.ts";
import type { ApiChange } from "./mutations/mutation.ts";
import { olderProgram, settingsProgram } from "./program.ts";

/** `platform` is the superuser, which a hosted project keeps to itself. */
type Login = "postgres" | "platform";

/** Production and a preview, both converged by the real engine, in a local cloud of their own. */
export class Pair {
  readonly dataDir: string;
  readonly #place: Place;
  readonly #connections = new Map<string, Sql>();

  private constructor() {
    this.#place = makePlace("drift");
    this.dataDir = this.#place.dataDir;
  }

  /**
   * Makes both. The data folder of this process is theirs from here on.
   * @param options.grown they come from an older version, whose migrations were fewer
   */
  static async start(options: { readonly grown?: boolean } = {}): Promise<Pair> {
    const pair = new Pair();
    process.env.TAILFIRE_DATA_DIR = pair.dataDir;
    for (const stack of ["prod", "preview"]) await (options.grown ? pair.grow(stack) : pair.up(stack));
    return pair;
  }

  /** Deploys a stack as the version before made it, and then as it is. */
  async grow(stack: string): Promise<void> {
    const program = await olderProgram(this.dataDir);
    await (await openSession({ stack, program })).stack.up();
    await this.up(stack);
  }

  /** Adds, by `make`, an environment for each mode of the catalog that the two have not; names all with their modes. */
  async inEveryMode(make: (stack: string) => Promise<void>): Promise<[stack: string, catalog: string][]> {
    await this.configure("preview-pr-1", { catalog: "snapshot" });
    for (const stack of ["dev", "preview-pr-1"]) await make(stack);
    return Object.entries({ prod: "local", preview: "foreign", dev: "local", "preview-pr-1": "snapshot" });
  }

  async open(stack: string): Promise<EnvironmentStack> {
    return (await openSession({ stack, program: settingsProgram })).stack;
  }

  async up(stack: string): Promise<void> {
    await (await this.open(stack)).up();
  }

  /** The whole check, as the command makes it; or some of its layers. */
  async check(stack: string, layers: readonly Layer[] = LAYERS): Promise<StackResult> {
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

  /** How the database of a stack is reached as `postgres`, or as the platform's superuser. */
  async target(stack: string, as: Login = "postgres"): Promise<DatabaseLogin> {
    const outputs = await (await this.open(stack)).outputs({ showSecrets: true });
    const text = (name: string) => String(outputs[name]?.value);
    const [host, port, database] = [text("host"), Number(text("port")), text("database")];
    if (as === "postgres") return { host, port, database, user: text("user"), password: text("databasePassword") };
    const state = await readState(cloudLayout(this.dataDir).state);
    const record = state?.projects.find(({ address }) => address.host === host && address.port === port);
    if (!record) throw new Error(`the local cloud has no project at ${host}:${port}`);
    return { host, port, database, user: "supabase_admin", password: record.internal.admin };
  }

  /** A connection as `postgres`, or as the platform's superuser; closed with the pair. */
  async sql(stack: string, as: Login = "postgres"): Promise<Sql> {
    const key = `${stack} ${as}`;
    const known = this.#connections.get(key);
    if (known) return known;
    const sql = postgres({
      ...(await this.target(stack, as)),
      ssl: "require",
      max: 1,
      fetch_types: false,
      onnotice: () => {},
    });
    this.#connections.set(key, sql);
    return sql;
  }

  /** Asks the Management API as the organization's owner. @throws what it answered, where that is no success. */
  async api(stack: string, { method, path, body }: ApiChange): Promise<void> {
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
  async configure(stack: string, config: Readonly<Record<string, ConfigValue>>): Promise<void> {
    await changeStackSettings({ dataDir: this.dataDir, stack }, config);
  }

  async remove(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((sql) => sql.end({ timeout: 1 })));
    await this.#place.remove();
  }
}
