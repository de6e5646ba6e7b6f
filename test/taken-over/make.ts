import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { identityToRecipient } from "age-encryption";
import postgres from "postgres";
import { localBackend } from "../../engine/backend.ts";
import { resolveEngine } from "../../engine/resolve.ts";
import { cloudLayout } from "../../local/layout.ts";
import { type CloudState, type ProjectRecord, readState } from "../../local/state.ts";
import { blankState, blankText } from "./placeholders.ts";
import { findSecrets } from "./secrets.ts";

// Makes a fixture out of a pair that runs in a local cloud; how and when: ../fixtures/README.md.

const PROJECT = "tailfire";
const STACKS = ["prod", "preview"] as const;
type StackName = (typeof STACKS)[number];

/**
 * What the local cloud's template holds besides schemas: made in single-user mode it got object ids below 16384, and
 * pg_dump leaves out extensions with such ids as the server's own.
 */
const TEMPLATE_EXTENSIONS = `
CREATE EXTENSION pgcrypto WITH SCHEMA extensions;
CREATE EXTENSION "uuid-ossp" WITH SCHEMA extensions;
CREATE EXTENSION pg_stat_statements WITH SCHEMA extensions;
CREATE EXTENSION dblink WITH SCHEMA extensions;
CREATE EXTENSION moddatetime WITH SCHEMA extensions;
CREATE EXTENSION postgres_fdw WITH SCHEMA extensions;
ALTER ROLE postgres SUPERUSER;
ALTER FOREIGN DATA WRAPPER postgres_fdw OWNER TO postgres;
ALTER ROLE postgres NOSUPERUSER;
GRANT ALL ON ALL FUNCTIONS IN SCHEMA extensions TO postgres WITH GRANT OPTION;
REVOKE ALL ON FUNCTION extensions.pg_stat_statements_reset(oid, oid, bigint, boolean) FROM PUBLIC;
`;

interface Exported {
  readonly deployment: { readonly resources: { type: string; outputs?: Record<string, unknown> }[] };
}

const { values: given } = parseArgs({
  options: {
    data: { type: "string" },
    checkout: { type: "string" },
    tools: { type: "string" },
    out: { type: "string" },
  },
});
const dataDir = resolve(given.data ?? ".data");
const out = resolve(given.out ?? "fixture");
const checkout = resolve(given.checkout ?? ".");

async function exportState(stack: StackName): Promise<Exported> {
  const { command } = await resolveEngine({});
  const backend = localBackend(dataDir, PROJECT, stack);
  const env = {
    PATH: process.env.PATH,
    PULUMI_HOME: backend.homeDir,
    PULUMI_BACKEND_URL: `file://${backend.stateDir}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: backend.passphraseFile,
  };
  const args = ["stack", "export", "--show-secrets", "--stack", stack];
  return JSON.parse((await command.execute(args, { cwd: backend.workDir, env })).stdout);
}

/** A property of the one resource of a type, opened where it is a secret. */
function property(state: Exported, type: string, name: string): string {
  const held = state.deployment.resources.find((resource) => resource.type.endsWith(`:${type}`))?.outputs?.[name];
  if (typeof held === "object" && held !== null && "plaintext" in held) return JSON.parse(String(held.plaintext));
  if (held === undefined) throw new Error(`${type} has no ${name}`);
  return String(held);
}

function recordOf(cloud: CloudState, stack: StackName): ProjectRecord {
  const record = cloud.projects.find(({ name }) => name === `${PROJECT}-${stack}`);
  if (!record) throw new Error(`The local cloud of ${dataDir} has no project ${PROJECT}-${stack}`);
  return record;
}

/** Values by which the pair differs from every other, with the names that stand for them. */
async function placeholdersOf(cloud: CloudState, states: Record<StackName, Exported>): Promise<Map<string, string>> {
  if (cloud.network.mode !== "addresses") throw new Error("Where projects share an address, values are ambiguous");
  const names = new Map<string, string>([[cloud.network.pooler.host, "pooler.host"]]);
  for (const stack of STACKS) {
    const record = recordOf(cloud, stack);
    names.set(record.ref, `${stack}.ref`).set(record.address.host, `${stack}.host`);
    names.set(record.organizationId, `${stack}.organization`).set(record.createdAt, `${stack}.createdAt`);
    for (const key of ["databasePassword", "anonKey", "serviceRoleKey", "publishableKey", "secretKey"])
      names.set(property(states[stack], "Project", key), `${stack}.${key}`);
  }
  const { prod } = states;
  for (const key of ["path", "sealed", "sha256"]) names.set(property(prod, "HandOff", key), `handOff.${key}`);
  const identity = readFileSync(join(dataDir, "hand-off", "identity"), "utf8").trim();
  names.set(identity, "handOff.identity").set(await identityToRecipient(identity), "handOff.recipient");
  return names.set(property(prod, "ReaderRole", "password"), "reader.password").set(checkout, "checkout");
}

function dump(tool: string, record: ProjectRecord, args: string[]): string {
  const bin = resolve(given.tools ?? "");
  const env = {
    ...{ PGHOST: record.address.host, PGPORT: String(record.address.port), PGDATABASE: "postgres" },
    ...{ PGUSER: "supabase_admin", PGPASSWORD: record.internal.admin, PGSSLMODE: "require" },
    ...{ LD_LIBRARY_PATH: join(bin, "../lib"), PATH: process.env.PATH },
  };
  const text = execFileSync(join(bin, tool), args, { env, encoding: "utf8", maxBuffer: 2 ** 28 });
  // Lines that only psql understands.
  return text.replace(/^\\(?:un)?restrict .*\n/gm, "");
}

/** Values that a dump holds encrypted become the expression that encrypts them with another key. */
async function openSealed(text: string, stack: StackName, names: Map<string, string>, record: ProjectRecord) {
  const { host, port } = record.address;
  const sql = postgres({
    host,
    port,
    user: "supabase_admin",
    password: record.internal.admin,
    database: "postgres",
    max: 1,
  });
  let opened = text;
  const replace = (literal: string, expression: string) => {
    if (!opened.includes(literal)) throw new Error("A sealed value is not in the dump as the database shows it");
    opened = opened.replaceAll(literal, expression);
  };
  for (const { name, secret, nonce, clear } of await sql<Record<"name" | "secret" | "nonce" | "clear", string>[]>`
    select name, secret, nonce::text, decrypted_secret as clear from vault.decrypted_secrets`) {
    if (!names.has(clear)) names.set(clear, `${stack}.vault.${name}`);
    replace(`'${nonce}'`, `'\\x{{fixture:${stack}.nonce.${name}}}'`);
    replace(
      `'${secret}'`,
      `vault._encrypt('{{fixture:${names.get(clear)}}}', '\\x{{fixture:${stack}.nonce.${name}}}')`,
    );
  }
  for (const { sealed, clear } of await sql<Record<"sealed" | "clear", string>[]>`
    select ciphertext::text as sealed, extensions.pgp_sym_decrypt(ciphertext, tenancy.credential_key()) as clear
    from public.api_credentials`) {
    const key = `'{{fixture:${stack}.vault.api_credentials_key}}'`;
    replace(`'${sealed}'`, `extensions.pgp_sym_encrypt('${clear}', ${key}, 'cipher-algo=aes256, s2k-mode=1')`);
  }
  await sql.end();
  return opened;
}

/** What looks as random as a secret and is public: hashes of migrations and of sample rows, and the engine's own marks. */
async function harmlessOf(record: ProjectRecord): Promise<string[]> {
  const { host, port } = record.address;
  const sql = postgres({
    host,
    port,
    user: "supabase_admin",
    password: record.internal.admin,
    database: "postgres",
    max: 1,
  });
  const hashes = await sql<{ hash: string }[]>`
    select hash from drizzle.__drizzle_migrations union all select content_hash from catalog.cruise_sync_raw order by 1`;
  await sql.end();
  const ofEngine = [
    "4dabf18193072939515e22adb298388d",
    "1b47061264138c4ac30d75fd1eb44270",
    createHash("sha256").update("v3.258.0").digest("hex"),
  ];
  return [...hashes.map(({ hash }) => hash), ...ofEngine];
}

async function main(): Promise<void> {
  const cloud = await readState(cloudLayout(dataDir).state);
  if (!cloud) throw new Error(`No local cloud in ${dataDir}`);
  const states = { prod: await exportState("prod"), preview: await exportState("preview") };
  const names = await placeholdersOf(cloud, states);
  const harmless = await harmlessOf(recordOf(cloud, "prod"));
  const texts = new Map([["harmless.txt", `${harmless.join("\n")}\n`]]);
  texts.set("drift-history.jsonl", readFileSync(join(dataDir, "drift", "history.jsonl"), "utf8"));
  for (const stack of STACKS) {
    const record = recordOf(cloud, stack);
    const { secrets_providers: _, ...deployment } = states[stack].deployment as Record<string, unknown> &
      Exported["deployment"];
    texts.set(
      `${stack}/state.json`,
      `${JSON.stringify(blankState({ ...states[stack], deployment }, names), null, 2)}\n`,
    );
    texts.set(`${stack}/settings.json`, `${JSON.stringify({ auth: record.settings.auth }, null, 2)}\n`);
    const roles = dump("pg_dumpall", record, ["--roles-only", "--no-role-passwords"]);
    const login = stack === "prod" ? property(states.prod, "ReaderRole", "user") : undefined;
    const password = login ? `ALTER ROLE ${login} PASSWORD '{{fixture:reader.password}}';\n` : "";
    texts.set(`${stack}/roles.sql`, roles.replace(/^(--.*)?\n/gm, "") + password);
    const whole = dump("pg_dump", record, ["--create", "--inserts", "--rows-per-insert=500"]);
    const [database = "", pure = ""] = whole.split(/^\\connect .*\n/m);
    const contents = pure.replace(/^CREATE EXTENSION/m, `${TEMPLATE_EXTENSIONS}$&`);
    texts.set(`${stack}/database.sql`, database.replace(/^(--.*)?\n/gm, ""));
    const opened = blankText(await openSealed(contents, stack, names, record), names);
    // Only the publisher's address stands in a database; its port follows it.
    texts.set(`${stack}/contents.sql`, opened.replace(/(\bport '|"port": ")5432\b/g, "$1{{fixture:prod.port}}"));
  }
  for (const [name, text] of texts) {
    // By name and as base64 or hexadecimal: nothing that belongs to the source may be left.
    const left = [...names.keys()].flatMap((value) => [
      value,
      Buffer.from(value).toString("base64"),
      Buffer.from(value).toString("hex"),
    ]);
    const found = [...left.filter((value) => text.includes(value)), ...findSecrets(text, new Set(harmless))];
    if (found.length > 0) throw new Error(`${name} still holds ${found.length} values of its source, e.g. ${found[0]}`);
    const path = join(out, name.endsWith("contents.sql") ? `${name}.gz` : name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, path.endsWith(".gz") ? gzipSync(text, { level: 9 }) : text);
    console.log(`${createHash("sha256").update(text).digest("hex").slice(0, 8)}  ${text.length}  ${path}`);
  }
}

await main();
