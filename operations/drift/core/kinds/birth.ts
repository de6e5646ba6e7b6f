import { createHash } from "node:crypto";
import { granted } from "./acl.ts";
import type { BirthRow } from "./compare.ts";
import type { PlatformFacts } from "./facts.ts";
import { isPlatformRole } from "./platform-role.ts";
import { publicRules } from "./regimes.ts";
import { type Row, rowsBeyond, type Scope } from "./rows.ts";

/** What a project is at birth, by how it is compared. */
export type Birth = Readonly<Record<Exclude<Scope, "schema">, readonly BirthRow[]>>;

// Roles whose attributes a check reads: `api` in prelude.sql. The others are the platform's.
const COMPARED = ["anon", "authenticated", "authenticator", "service_role", "postgres"];
/** The platform's, whatever they are: state/settings.sql does not read them. */
const IGNORED = /^session_preload_libraries=/;
/** Settings that only some projects have. */
const SOME = [{ role: "postgres", setting: "safeupdate.enabled=0" }] as const;

/** What a fresh hosted project is, in each of the forms the facts know. */
export function birthsOf(facts: PlatformFacts): Birth[] {
  const state = [...roleRows(facts), ...membershipRows(facts), ...databaseRows(facts), ...publicationRows(facts)];
  const platform = [...privilegeRows(facts), ...tableRows(facts), ...eventTriggerRows(facts), ...PUBLISHED];
  const covered = extensionRows(facts);
  return publicRules(facts).map((rules) => ({ state, platform: [...platform, ...rules], covered }));
}

/** The form of a birth that a project is nearest to. */
export function nearest(births: readonly Birth[], live: readonly Row[]): Birth {
  const distance = ({ platform }: Birth) =>
    rowsBeyond(live, platform).length + rowsBeyond(platform.filter(isSure), live).length;
  const [first, ...others] = births;
  if (!first) throw new Error("the facts know no form of a project");
  return others.reduce((best, one) => (distance(one) < distance(best) ? one : best), first);
}

function isSure({ certainty }: BirthRow): boolean {
  return certainty === "always";
}

function always(object: string, aspect: string, value: string): BirthRow {
  return { object, aspect, value, certainty: "always" };
}

function roleRows({ roles }: PlatformFacts): BirthRow[] {
  return COMPARED.flatMap((name) => {
    const role = roles.atBirth[name];
    if (!role) return [];
    const { superuser, createrole, createdb, replication, bypassrls, login, inherit, config, connectionLimit } = role;
    const attributes = { superuser, createrole, createdb, replication, bypassrls, login, inherit };
    return [
      ...Object.entries(attributes).map(([aspect, value]) => always(`role ${name}`, aspect, String(value))),
      always(`role ${name}`, "connection limit", String(connectionLimit)),
      always(`role ${name}`, "valid until", "no end"),
      ...config.filter((text) => !IGNORED.test(text)).map((text) => settingRow(name, text, "always")),
      ...SOME.filter((one) => one.role === name).map(({ setting }) => settingRow(name, setting, "maybe")),
    ];
  });
}

/** A setting as state/settings.sql tells it. */
function settingRow(role: string, setting: string, certainty: BirthRow["certainty"]): BirthRow {
  const name = setting.split("=")[0] ?? "";
  const value = setting.slice(name.length + 1);
  const hidden = name.includes(".") && !name.startsWith("pgrst.");
  const told = hidden
    ? `a value whose SHA-256 begins with ${createHash("sha256").update(setting).digest("hex").slice(0, 8)}`
    : value;
  const text = name === "search_path" ? value.replaceAll(/[\\" ]/g, "") : told;
  return { object: `role ${role}`, aspect: `setting ${name}`, value: text, certainty };
}

function membershipRows({ roles }: PlatformFacts): BirthRow[] {
  return Object.entries(roles.atBirth)
    .filter(([member]) => !isPlatformRole(member))
    .flatMap(([member, { memberOf }]) =>
      memberOf
        .filter(({ role }) => role.startsWith("pg_") || !isPlatformRole(role))
        .map(({ role, admin, inherit, set }) => {
          const words = ["member", admin ? "admin" : [], inherit ? "inherit" : [], set ? "set" : []].flat();
          return always(`membership of ${member} in ${role}`, "options", words.join(", "));
        }),
    );
}

function databaseRows({ databases }: PlatformFacts): BirthRow[] {
  const database = databases.find(({ name }) => name === "postgres");
  if (!database) return [];
  const { acl, owner, connectionLimit } = database;
  return [
    always("database", "connection limit", String(connectionLimit)),
    always("database", "template", "false"),
    ...grantRows({ object: "database", acl: acl ?? [], owner, keepsPostgres: true }),
  ];
}

function publicationRows({ publications }: PlatformFacts): BirthRow[] {
  return publications.list.flatMap(({ name, allTables, ...does }) => {
    const operations = (["insert", "update", "delete", "truncate"] as const).filter((one) => does[one]);
    const object = `publication ${name}`;
    return [
      always(object, "operations", operations.join(", ")),
      always(object, "all tables", String(allTables)),
      always(object, "as their root", "false"),
    ];
  });
}

/** Made by the Realtime server, in some projects. */
const PUBLISHED: readonly BirthRow[] = [
  ["publication supabase_realtime_messages_publication", "there", "some tables"] as const,
  ["publication table supabase_realtime_messages_publication.realtime.messages", "rows", "all"] as const,
].map(([object, aspect, value]) => ({ object, aspect, value, certainty: "maybe" }));

function grantRows(about: {
  readonly object: string;
  readonly acl: readonly string[];
  readonly owner: string;
  readonly keepsPostgres?: boolean;
}): BirthRow[] {
  const { object, acl, owner, keepsPostgres = false } = about;
  const grants = granted(acl)
    .filter(({ grantee }) => grantee !== owner && !isPlatformRole(grantee) && (keepsPostgres || grantee !== "postgres"))
    .map(({ grantee, privilege }) => always(object, `for ${grantee}`, privilege));
  // An object without a grant is known all the same: one that comes is a difference, also where the platform made it.
  return [...grants, { object, aspect: "known", value: "", certainty: "maybe" }];
}

function privilegeRows({ schemas, functions, relations }: PlatformFacts): BirthRow[] {
  return [
    ...Object.entries(schemas).flatMap(([name, { acl, owner }]) =>
      grantRows({ object: `schema ${name}`, acl: acl ?? [], owner }),
    ),
    ...functions.list.flatMap(({ name, arguments: text, acl, owner }) =>
      grantRows({ object: `function ${name}(${typesOf(text)})`, acl: acl ?? [`=X/${owner}`], owner }),
    ),
    ...relations.list.flatMap(({ name, kind, acl, owner }) =>
      grantRows({ object: `${wordOf(kind)} ${name}`, acl: acl ?? [], owner }),
    ),
  ];
}

/** `name text, size integer DEFAULT 1` as `text, integer`. */
function typesOf(text: string): string {
  if (text === "") return "";
  return text
    .split(", ")
    .map((part) => part.replace(/ DEFAULT .*$/, "").replace(/^("[^"]*"|\S+) /, ""))
    .join(", ");
}

function wordOf(kind: string): string {
  return kind === "partitioned table" ? "table" : kind;
}

function tableRows({ relations }: PlatformFacts): BirthRow[] {
  return relations.list
    .filter(({ kind, rowSecurity }) => wordOf(kind) === "table" && !rowSecurity)
    .map(({ name }) => always(`table ${name}`, "row security", "off"));
}

function eventTriggerRows({ eventTriggers }: PlatformFacts): BirthRow[] {
  return Object.entries(eventTriggers.list).map(([name, { event, function: called }]) =>
    always(`event trigger ${name}`, "there", `on ${event} calls ${called.replace(/\(\)$/, "")}`),
  );
}

function extensionRows({ extensions }: PlatformFacts): BirthRow[] {
  const { list, varies } = extensions.installed;
  const some = varies.flatMap(({ what }) => (what === "owner" ? [] : [what]));
  return [
    ...list.map(({ name }) => always(`extension ${name}`, "there", "there")),
    ...some.map((name) => ({ ...always(`extension ${name}`, "there", "there"), certainty: "maybe" as const })),
  ];
}
