import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../support/run.ts";

// SQL made from facts/platform-facts.json that turns a fresh local project into what a fresh hosted one is. It reads the
// file by itself: a fault in how drift reads it would be no difference otherwise.

type Acl = readonly string[] | null;
interface Role {
  readonly [attribute: string]: unknown;
  readonly config: readonly string[];
  readonly memberOf: readonly { role: string; admin: boolean; inherit: boolean; set: boolean }[];
}
interface Facts {
  readonly roles: { readonly atBirth: Readonly<Record<string, Role>> };
  readonly schemas: Readonly<Record<string, { owner: string; acl: Acl }>>;
  readonly defaultPrivileges: {
    readonly atBirth: readonly { owner: string; schema: string; objects: string; acl: readonly string[] }[];
  };
  readonly functions: {
    readonly list: readonly { name: string; arguments: string; result: string; owner: string; acl: Acl }[];
  };
  readonly relations: {
    readonly list: readonly { name: string; kind: string; owner: string; rowSecurity: boolean; acl: Acl }[];
  };
  readonly databases: readonly { name: string; acl: Acl }[];
}
const facts: Facts = JSON.parse(readFileSync(join(root, "facts/platform-facts.json"), "utf8"));

/** What differs between projects of one day. */
export interface Variant {
  /** Default privileges of `public`: as since 2026-05-30, or as before. */
  readonly rules: "now" | "before";
  /** Owner of the extensions at birth. */
  readonly extensions: "postgres" | "supabase_admin";
  /** Newer or older images: what the API's login preloads, and whether Realtime has a publication. */
  readonly image: "newer" | "older";
}

/** Statements for the superuser of a fresh local project. */
export function birthSql(variant: Variant): string[] {
  return [
    ...Object.entries(facts.roles.atBirth).flatMap(([name, role]) => roleSql(name, role, variant)),
    ...Object.entries(facts.schemas).flatMap(([name, { owner, acl }]) => [
      `create schema if not exists ${name}`,
      `alter schema ${name} owner to ${owner}`,
      `update pg_namespace set nspacl = ${aclText(acl)} where nspname = '${name}'`,
    ]),
    ...facts.relations.list.flatMap(relationSql),
    ...facts.functions.list.flatMap(functionSql),
    ...facts.databases.map(
      ({ name, acl }) => `update pg_database set datacl = ${aclText(acl)} where datname = '${name}'`,
    ),
    ...defaultSql(variant.rules),
    `update pg_extension set extowner = '${variant.extensions}'::regrole where extname <> 'plpgsql'`,
    ...(variant.image === "newer"
      ? ["create publication supabase_realtime_messages_publication for table realtime.messages"]
      : []),
  ];
}

function aclText(acl: Acl): string {
  return acl === null ? "null" : `array[${acl.map((entry) => `'${entry}'::aclitem`).join(", ")}]`;
}

const ATTRIBUTES = ["superuser", "inherit", "createrole", "createdb", "login", "replication", "bypassrls"];

function roleSql(name: string, role: Role, { image }: Variant): string[] {
  const attributes = ATTRIBUTES.map((one) => (role[one] ? one : `no${one}`)).join(" ");
  const older = "session_preload_libraries=safeupdate";
  const config = role.config.map((text) =>
    image === "older" && text.startsWith("session_preload_libraries=") ? older : text,
  );
  const texts = config.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ");
  return [
    `do $$ begin create role ${name}; exception when duplicate_object then null; end $$`,
    ...(name === "supabase_admin" ? [] : [`alter role ${name} ${attributes} connection limit -1`]),
    `delete from pg_db_role_setting where setdatabase = 0 and setrole = '${name}'::regrole`,
    ...(config.length > 0 ? [`insert into pg_db_role_setting values (0, '${name}'::regrole, array[${texts}])`] : []),
    // Without supautils, postgres needs some of the platform's roles to do what it may do there.
    `delete from pg_auth_members where member = '${name}'::regrole and roleid::regrole::text !~ '^supabase_'`,
    ...role.memberOf.map(
      ({ role: group, admin, inherit, set }) =>
        `grant ${group} to ${name} with admin ${admin}, inherit ${inherit}, set ${set}`,
    ),
  ];
}

function relationSql({ name, kind, owner, rowSecurity, acl }: Facts["relations"]["list"][number]): string[] {
  const isTable = kind.endsWith("table");
  const made =
    kind === "sequence" ? `create sequence if not exists ${name}` : `create table if not exists ${name} (id int)`;
  return [
    ...(isTable || kind === "sequence"
      ? [made, `alter ${isTable ? "table" : "sequence"} ${name} owner to ${owner}`]
      : []),
    ...(isTable ? [`alter table ${name} ${rowSecurity ? "enable" : "disable"} row level security`] : []),
    `update pg_class set relacl = ${aclText(acl)} where oid = '${name}'::regclass`,
  ];
}

function functionSql({ name, arguments: text, result, owner, acl }: Facts["functions"]["list"][number]): string[] {
  const body = "language plpgsql as 'begin end'";
  const [schema, own] = name.split(".");
  const which = `(select p.oid from pg_proc p where p.pronamespace = '${schema}'::regnamespace and p.proname = '${own}'
    and pg_get_function_arguments(p.oid) = ${quoted(text)})`;
  return [
    `do $do$ begin if ${which} is null then create function ${name}(${text}) returns ${result} ${body}; end if;
      exception when duplicate_function or invalid_function_definition then null; end $do$`,
    `update pg_proc set proowner = '${owner}'::regrole, proacl = ${aclText(acl)} where oid = ${which}`,
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const LETTERS: Readonly<Record<string, string>> = {
  r: "select",
  a: "insert",
  w: "update",
  d: "delete",
  D: "truncate",
  x: "references",
  t: "trigger",
  m: "maintain",
  X: "execute",
  U: "usage",
};

function defaultSql(rules: Variant["rules"]): string[] {
  const given = facts.defaultPrivileges.atBirth.filter(
    ({ owner, schema }) => rules === "now" || owner !== "postgres" || schema !== "public",
  );
  const before = ["tables", "sequences", "functions"].map(
    (objects) =>
      `alter default privileges for role postgres in schema public grant all on ${objects} to anon, authenticated, service_role`,
  );
  return [
    ...given.flatMap(({ owner, schema, objects, acl }) =>
      acl.flatMap((entry) => {
        const [, grantee, letters = ""] = /^(.*)=([a-zA-Z*]*)\//.exec(entry) ?? [];
        const base = `alter default privileges for role ${owner} in schema ${schema} grant`;
        return [...letters.matchAll(/([a-zA-Z])(\*?)/g)].map(
          ([, letter = "", option]) =>
            `${base} ${LETTERS[letter]} on ${objects} to ${grantee}${option ? " with grant option" : ""}`,
        );
      }),
    ),
    ...(rules === "before" ? before : []),
  ];
}
