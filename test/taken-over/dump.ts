import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import postgres, { type Sql } from "postgres";
import type { ProjectRecord } from "../../local/state.ts";
import { blankText, placeholder } from "./placeholders.ts";

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

/** A project whose database is dumped. */
export interface Source {
  readonly stack: string;
  readonly record: ProjectRecord;
  /** Folder of pg_dump and pg_dumpall, of version 17. */
  readonly tools: string;
  /** Names of the placeholders by the values they stand for; secrets found in the database are added. */
  readonly names: Map<string, string>;
  /** The login of the catalog's reader that lies here. */
  readonly reader: string | undefined;
}

/** Everything of a project's database as SQL files, by name, with placeholders for what is secret or its own. */
export async function dumpDatabase(source: Source): Promise<[name: string, text: string][]> {
  const { reader, names } = source;
  const roles = withoutComments(run(source, "pg_dumpall", ["--roles-only", "--no-role-passwords"]));
  const password = reader ? `ALTER ROLE ${reader} PASSWORD '${placeholder("reader.password")}';\n` : "";
  const whole = run(source, "pg_dump", ["--create", "--inserts", "--rows-per-insert=500"]);
  const [database = "", contents = ""] = whole.split(/^\\connect .*\n/m);
  const complete = contents.replace(/^CREATE EXTENSION/m, `${TEMPLATE_EXTENSIONS}$&`);
  const blanked = blankText(await withSealing(complete, source), names);
  return [
    ["roles.sql", roles + password],
    ["database.sql", withoutComments(database)],
    // The only address that stands in a database is the publisher's.
    ["contents.sql", blanked.replace(/(\bport '|"port": ")5432\b/g, `$1${placeholder("prod.port")}`)],
  ];
}

/** Hashes of migrations and of sample rows: as random as secrets, and public. */
export async function publicHashes(record: ProjectRecord): Promise<string[]> {
  const sql = open(record);
  const rows = await sql<{ hash: string }[]>`
    select hash from drizzle.__drizzle_migrations union all select content_hash from catalog.cruise_sync_raw order by 1`;
  await sql.end();
  return rows.map(({ hash }) => hash);
}

function open({ address, internal }: ProjectRecord): Sql {
  const { host, port } = address;
  const login = { user: "supabase_admin", password: internal.admin, database: "postgres" };
  return postgres({ host, port, ...login, max: 1 });
}

function run({ record, tools }: Source, tool: string, args: string[]): string {
  const bin = resolve(tools);
  const env = {
    ...{ PGHOST: record.address.host, PGPORT: String(record.address.port), PGDATABASE: "postgres" },
    ...{ PGUSER: "supabase_admin", PGPASSWORD: record.internal.admin, PGSSLMODE: "require" },
    ...{ LD_LIBRARY_PATH: join(bin, "../lib"), PATH: process.env.PATH },
  };
  const text = execFileSync(join(bin, tool), args, { env, encoding: "utf8", maxBuffer: 2 ** 28 });
  // Lines that only psql understands.
  return text.replace(/^\\(?:un)?restrict .*\n/gm, "");
}

const withoutComments = (text: string): string => text.replace(/^(--.*)?\n/gm, "");

/** Values that the database holds encrypted become the expressions that encrypt them, with the keys of the place they are put in. */
async function withSealing(contents: string, { record, stack, names }: Source): Promise<string> {
  const sql = open(record);
  let text = contents;
  const replace = (literal: string, expression: string) => {
    if (!text.includes(literal)) throw new Error("A sealed value is not in the dump as the database shows it");
    text = text.replaceAll(literal, expression);
  };
  for (const { name, secret, nonce, clear } of await sql<Record<"name" | "secret" | "nonce" | "clear", string>[]>`
    select name, secret, nonce::text, decrypted_secret as clear from vault.decrypted_secrets`) {
    if (!names.has(clear)) names.set(clear, `${stack}.vault.${name}`);
    const [value, fresh] = [placeholder(names.get(clear) ?? ""), placeholder(`${stack}.nonce.${name}`)];
    replace(`'${nonce}'`, `'\\x${fresh}'`);
    replace(`'${secret}'`, `vault._encrypt('${value}', '\\x${fresh}')`);
  }
  for (const { sealed, clear } of await sql<Record<"sealed" | "clear", string>[]>`
    select ciphertext::text as sealed, extensions.pgp_sym_decrypt(ciphertext, tenancy.credential_key()) as clear
    from public.api_credentials`) {
    const key = placeholder(`${stack}.vault.api_credentials_key`);
    replace(`'${sealed}'`, `extensions.pgp_sym_encrypt('${clear}', '${key}', 'cipher-algo=aes256, s2k-mode=1')`);
  }
  await sql.end();
  return text;
}
