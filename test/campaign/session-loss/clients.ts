import { sql as text } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import postgres, { type ISql, type Sql } from "postgres";
import { asUser, createDbClient } from "../../../db/client.ts";

type Row = Record<string, unknown>;

/** A transaction or a session of a client, as the rounds use it. */
export type Speaker = {
  query(text: string, values?: unknown[]): Promise<Row[]>;
  /** Reads all rows in steps of 5, calling `each` between two of them; an answer of false leaves the others unread. */
  cursor(text: string, each: () => Promise<boolean>): Promise<number>;
  savepoint?(work: (inner: Speaker) => Promise<void>): Promise<void>;
};

/** A client that is tried. */
export type Client = Speaker & {
  /** Runs `work` as role authenticated with `label` as its claims. */
  asUser(label: string, work: (tx: Speaker) => Promise<void>): Promise<void>;
  reserve(): Promise<Speaker & { release(): void }>;
  end(): Promise<void>;
};

export type Login = { url: string; max: number; prepare: boolean };

const claims = (label: string) =>
  `select set_config('request.jwt.claims', '{"sub":"${label}"}', true), set_config('role', 'authenticated', true) /* ${label} */`;

type Scope = ISql & { savepoint?: (work: (inner: ISql) => Promise<void>) => Promise<unknown> };

function speaker(sql: Scope): Speaker {
  return {
    query: async (query, values) => [...(await sql.unsafe(query, values as never))] as Row[],
    async cursor(query, each) {
      let count = 0;
      for await (const rows of sql.unsafe(query).cursor(5)) {
        count += rows.length;
        if (!(await each())) break;
      }
      return count;
    },
    async savepoint(work) {
      await sql.savepoint?.((inner) => work(speaker(inner)));
    },
  };
}

async function reserved(sql: Sql): Promise<Speaker & { release(): void }> {
  const held = await sql.reserve();
  return { ...speaker(held), release: () => held.release() };
}

function ofPostgresJs(sql: Sql, user: Client["asUser"]): Client {
  const end = () => sql.end({ timeout: 1 });
  return { ...speaker(sql), asUser: user, reserve: () => reserved(sql), end };
}

/** The client of this product; the user's part goes through `asUser`, that is through Drizzle. */
export function product({ url, max, prepare }: Login): Client {
  const db = createDbClient(url, { max, prepare, onnotice: () => {}, connection: { application_name: "victim" } });
  return ofPostgresJs(db.$client, (label, work) =>
    asUser(db, { sub: label }, async (tx) => {
      await tx.execute(text.raw(`select 1 /* ${label} */`));
      // Drizzle keeps the transaction's own postgres.js there.
      const session = (tx as unknown as { session: { client: Scope } }).session;
      await work(speaker(session.client));
    }),
  );
}

/** postgres.js as it is: what the guard is for. */
export function plain({ url, max, prepare }: Login): Client {
  const options = { max, prepare, fetch_types: false, onnotice: () => {}, connection: { application_name: "victim" } };
  const sql = postgres(url, options);
  return ofPostgresJs(sql, async (label, work) => {
    await sql.begin(async (tx) => {
      await tx.unsafe(claims(label));
      await work(speaker(tx));
    });
  });
}

/** node-postgres under Drizzle, with the one listener it needs. */
export function nodePostgres({ url, max }: Login): Client {
  const pool = new pg.Pool({ connectionString: url, max, application_name: "victim" });
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("error", () => undefined);
  const db = drizzle(pool);
  const of = (asked: { query(query: string, values?: unknown[]): Promise<{ rows: Row[] }> }): Speaker => ({
    query: async (query, values) => (await asked.query(query, values)).rows,
    cursor: async (query) => (await asked.query(query)).rows.length,
  });
  type Tx = Parameters<Parameters<typeof db.transaction>[0]>[0];
  const inside = (tx: Tx): Speaker => ({
    ...of((tx as unknown as { session: { client: pg.PoolClient } }).session.client),
    savepoint: (work) => tx.transaction((inner) => work(inside(inner))),
  });
  return {
    ...of(pool),
    asUser: (label, work) =>
      db.transaction(async (tx) => {
        await tx.execute(text.raw(claims(label)));
        await work(inside(tx));
      }),
    async reserve() {
      const client = await pool.connect();
      return { ...of(client), release: () => client.release() };
    },
    end: () => pool.end(),
  };
}
