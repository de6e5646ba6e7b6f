import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import postgres, { type Sql } from "postgres";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack } from "../../engine/stack.ts";
import { migrationsFolder as ours } from "../database/migrated.ts";
import { PASSWORD, Trial } from "../supabase/trial.ts";
import { migrationsFolder } from "../support/migrations.ts";
import { declareAll, type Given, type Variant } from "./program.ts";

const root = join(import.meta.dirname, "../..");

/** A cloud with a publisher, and the stack of all kinds in it. */
export interface World {
  readonly trial: Trial;
  readonly given: Given;
  /** The key that opens the hand-off. */
  readonly identity: string;
  /** Everything that the engine and the providers said so far. */
  readonly said: string[];
  /** Opens the stack with a variant of the program, or with another program. */
  open(
    variant: Variant,
    program?: () => Promise<void>,
    stack?: string,
    env?: Record<string, string>,
  ): Promise<EnvironmentStack>;
  /** The database of a project, as its owner. Closed with the world. */
  connect(ref: string): Promise<Sql>;
  remove(): Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const trial = await Trial.open();
  const folder = await mkdtemp(join(tmpdir(), "protocol-"));
  const files = await migrationsFolder();
  await files.add("0000_environment", await readFile(join(ours, "0000_environment.sql"), "utf8"));
  await files.add(
    "0001_copy",
    "create schema copy;\ncreate table copy.product (id int primary key, name text not null);",
  );
  const plugins = ["supabase", "database"].map(
    (name) => `    - name: ${name}\n      path: ${root}/providers/${name}\n`,
  );
  await writeFile(
    join(folder, "Pulumi.yaml"),
    `name: trial\nruntime: nodejs\nplugins:\n  providers:\n${plugins.join("")}`,
  );
  const open: Sql[] = [];
  const connect = async (ref: string): Promise<Sql> => {
    const sql = postgres({
      ...(await addressOf(trial, ref)),
      password: PASSWORD,
      ssl: "require",
      max: 1,
      onnotice: () => undefined,
    });
    open.push(sql);
    return sql;
  };
  const identity = await generateX25519Identity();
  const given: Given = {
    organizationId: trial.organization(0).slug,
    token: trial.organization(0).token,
    endpoint: trial.cloud.endpoint,
    password: PASSWORD,
    folder: files.folder,
    handOffPath: join(folder, "hand-off.age"),
    recipient: await identityToRecipient(identity),
    publisher: await makePublisher(trial, connect),
  };
  const said: string[] = [];
  return {
    ...{ trial, given, identity, said, connect },
    open(variant, program = async () => declareAll(given, variant), stack = "table", more = {}) {
      const onProgress = (progress: unknown) => void said.push(JSON.stringify(progress));
      const env = { SUPABASE_ACCESS_TOKEN: given.token, SUPABASE_API_ENDPOINT: given.endpoint, ...more };
      return openStack({ stack, cloud: "local", program, projectDir: folder, dataDir: folder, env, onProgress });
    },
    async remove() {
      await Promise.all(open.map((sql) => sql.end({ timeout: 1 })));
      await trial.close();
      await rm(folder, { recursive: true, force: true });
      await files.delete();
    },
  };
}

/** Where the database of a project is. */
export async function addressOf(trial: Trial, ref: string) {
  const { data } = await trial.client.getProject(ref);
  const { host, port = 5432 } = data.database as { host: string; port?: number };
  return { host, port, user: "postgres", database: "postgres" };
}

/** A project with a schema that others read. */
async function makePublisher(trial: Trial, connect: (ref: string) => Promise<Sql>): Promise<Given["publisher"]> {
  const ref = await trial.createOutside("publisher");
  const sql = await connect(ref);
  const password = "needle-publisher-password";
  await sql.unsafe(`
    create schema shop;
    create table shop.product (id int primary key, name text not null);
    insert into shop.product values (1, 'rope');
    create role shop_reader login password '${password}';
    grant usage on schema shop to shop_reader;
    grant select on all tables in schema shop to shop_reader;`);
  const { host, port } = await addressOf(trial, ref);
  return { host, port, password };
}
