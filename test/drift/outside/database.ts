import { join } from "node:path";
import pg from "pg";
import { apply } from "../../../db/migrate.ts";
import { cloudLayout } from "../../../local/layout.ts";
import { readState } from "../../../local/state.ts";
import type { ExpectedState } from "../../../operations/drift/core/expected.ts";
import type { Finding } from "../../../operations/drift/core/finding.ts";
import { BEFORE_ROWS, ROWS, type Rows, toldRows } from "../../../operations/drift/core/kinds/rows.ts";
import { compareOwn } from "../../../operations/drift/core/layers/own.ts";
import { withoutRepetition } from "../../../operations/drift/core/layers/repetition.ts";
import { type SchemaFacts, schemaOf } from "../../../operations/drift/core/layers/schema-facts.ts";
import { compareSecurity, type Home } from "../../../operations/drift/core/layers/security.ts";
import type { TestCloud } from "../../support/local-cloud.ts";
import { root } from "../../support/run.ts";
import type { OutsideChange } from "./change.ts";

/** One project with every migration, on which changes are made in transactions that are rolled back. */
export class OutsideDatabase {
  readonly #admin: pg.Client;
  /** Before any migration, and with all of them. */
  readonly expected: ExpectedState;

  private constructor(admin: pg.Client, expected: ExpectedState) {
    this.#admin = admin;
    this.expected = expected;
  }

  /** @param prepare what is done to the fresh project, by its superuser, before anything is read of it */
  static async open(cloud: TestCloud, name: string, prepare: readonly string[] = []): Promise<OutsideDatabase> {
    const project = await cloud.project({ name });
    const { host, port } = project;
    const state = await readState(cloudLayout(cloud.dataDir).state);
    const password = state?.projects.find(({ ref }) => ref === project.ref)?.internal.admin;
    const admin = new pg.Client({ host, port, database: "postgres", user: "supabase_admin", password });
    await admin.connect();
    for (const statement of prepare) {
      await admin.query(statement).catch((error: unknown) => {
        throw new Error(`${statement}: ${String(error)}`);
      });
    }
    const born = await inTransaction(admin, () => rowsOf(admin));
    await apply(cloud.connect(project), { folder: join(root, "migrations"), settings: {} });
    const [schema, migrated] = await inTransaction(
      admin,
      async () => [await schemaIn(admin), await rowsOf(admin)] as const,
    );
    return new OutsideDatabase(admin, { schema, born, migrated });
  }

  /** The ids of what a check finds with these changes, in order. */
  async find(
    changes: readonly OutsideChange[],
    to: { readonly expected: ExpectedState; readonly home: Home } = { expected: this.expected, home: "local" },
  ): Promise<string[]> {
    const whole = changes.filter(({ back }) => back);
    // The superuser last: a customer who was made one before would grant as the platform does.
    const others = changes
      .filter(({ back }) => !back)
      .sort((a, b) => Number(a.as === "platform") - Number(b.as === "platform"));
    for (const { sql } of whole) await this.#byItself(sql);
    try {
      const [schema, rows] = await inTransaction(this.#admin, async () => {
        for (const { sql, as, name } of others) {
          await this.#admin.query(as === "platform" ? "reset role" : "set local role postgres");
          await this.#admin.query(sql).catch((error: unknown) => {
            throw new Error(`${name}: ${String(error)}`);
          });
        }
        return [await schemaIn(this.#admin), await rowsOf(this.#admin)] as const;
      });
      return compare({ schema, rows }, to.expected, to.home)
        .map(({ id }) => id)
        .sort();
    } finally {
      for (const { back = "" } of whole) await this.#byItself(back);
    }
  }

  /** A server takes its file again without an answer: it has when a new session says so. */
  async #byItself(sql: string): Promise<void> {
    await this.#admin.query(sql);
    await this.#admin.query("select pg_reload_conf()");
    const [, name] = /^alter system \w+ (\w+)/.exec(sql) ?? [];
    const wanted = sql.includes(" reset ") ? "default" : "configuration file";
    for (let source = ""; source !== wanted; ) {
      const { rows } = await this.#admin.query("select source from pg_settings where name = $1", [name]);
      source = rows[0]?.source === "configuration file" ? "configuration file" : "default";
    }
  }

  close(): Promise<void> {
    return this.#admin.end();
  }
}

function compare(live: { schema: SchemaFacts; rows: Rows }, expected: ExpectedState, home: Home): Finding[] {
  const own = compareOwn({ live, expected, owned: { catalog: undefined, readers: [] }, home });
  const { born, migrated } = expected;
  const security = compareSecurity({ live: live.rows, born, migrated, home, readers: [], schemaLooked: true });
  return [...own, ...withoutRepetition(security, own)];
}

async function inTransaction<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query("begin");
  try {
    return await work();
  } finally {
    await client.query("rollback");
  }
}

/** As role `postgres` sees it, which a check logs in as. */
async function rowsOf(client: pg.Client): Promise<Rows> {
  await client.query("set local role postgres");
  await client.query(BEFORE_ROWS);
  return toldRows((await client.query(ROWS)).rows);
}

/** pg-delta reads in a transaction of its own; here it is the one that is open. */
async function schemaIn(client: pg.Client): Promise<SchemaFacts> {
  await client.query("set local role postgres");
  const own = /^(begin|commit|rollback)/i;
  const session = {
    query: async (text: string, ...rest: unknown[]) =>
      own.test(text) ? { rows: [] } : client.query(text, ...(rest as [unknown[]])),
    release: () => undefined,
  };
  const pool = { connect: async () => session, query: session.query };
  return schemaOf(pool as unknown as pg.Pool);
}
