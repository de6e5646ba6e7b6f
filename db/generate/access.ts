import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { type TableDecision, tableDecisions } from "../schema/decisions.ts";
import { publicTables } from "../schema/public-tables.ts";
import { policies } from "../schema/tenancy.ts";
import { readMeta } from "./meta-file.ts";

const OPERATIONS = ["select", "insert", "update", "delete"] as const;

/** What migrations give the roles of the API on one table. drizzle-kit knows tables and policies, and none of this. */
interface Access {
  readonly authenticated: string;
  readonly service_role: string;
  /** Whether a trigger keeps `updated_at`. */
  readonly touch: boolean;
}

type AccessOfTables = Readonly<Record<string, Access>>;

/** Where the access that the migrations give is recorded, next to drizzle-kit's snapshots. It skips names that begin with _. */
const fileIn = (folder: string): string => join(folder, "meta", "_access.json");

/** What db/schema/decisions.ts says of every table of `public`. */
function decidedAccess(): AccessOfTables {
  return Object.fromEntries(publicTables.flatMap((table) => accessOf(table) ?? []));
}

function accessOf(table: PgTable): [string, Access][] | undefined {
  const { name, columns } = getTableConfig(table);
  const decision = tableDecisions[name];
  if (!decision) return undefined;
  const touch = columns.some((column) => column.name === "updated_at");
  const { serviceRole } = decision;
  const service = serviceRole === "write" ? OPERATIONS.join(", ") : serviceRole === "read" ? "select" : "";
  return [[name, { authenticated: ofUsers(decision), service_role: service, touch }]];
}

function ofUsers({ authenticated }: TableDecision): string {
  const { updateColumns } = authenticated;
  const granted = OPERATIONS.filter((operation) => authenticated[operation]);
  return granted
    .map((operation) => (operation === "update" && updateColumns ? `update (${updateColumns.join(", ")})` : operation))
    .join(", ");
}

function recordedAccess(folder: string): AccessOfTables {
  return existsSync(fileIn(folder)) ? readMeta(folder, "_access.json") : {};
}

/** Tables of `public` whose access the migrations do not give as decided. */
function pendingAccess(folder: string): { name: string; before: Access | undefined; after: Access }[] {
  const recorded = recordedAccess(folder);
  return Object.entries(decidedAccess()).flatMap(([name, after]) => {
    const before = recorded[name];
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ name, before, after }];
  });
}

/** The statements that give what is decided and not given yet; empty where all is. Each may run again. */
export function accessStatements(folder: string): string[] {
  return pendingAccess(folder).flatMap(({ name, before, after }) => {
    const table = `public.${quoted(name)}`;
    const grant = (privileges: string, role: string) =>
      privileges === "" ? [] : [`grant ${privileges} on ${table} to ${role};`];
    return [
      `revoke all on ${table} from public, anon, authenticated, service_role;`,
      ...grant(after.authenticated, "authenticated"),
      ...grant(after.service_role, "service_role"),
      ...(after.touch && !before?.touch
        ? [`create trigger touch before update on ${table} for each row execute function tenancy.touch();`]
        : []),
      ...(before?.touch && !after.touch ? [`drop trigger if exists touch on ${table};`] : []),
    ];
  });
}

/** Ends a migration with statements of access, and records that the migrations of its folder give what is decided. */
export function addAccess(
  folder: string,
  { file, statements }: { readonly file: string; readonly statements: readonly string[] },
): void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8").trimEnd();
  // drizzle-kit's empty file is one comment.
  const before = /^(--[^\n]*)?$/.test(text) ? [] : [text];
  writeFileSync(path, `${[...before, ...statements].join("\n--> statement-breakpoint\n")}\n`);
  writeFileSync(fileIn(folder), `${JSON.stringify(decidedAccess(), null, 2)}\n`);
}

/** What no migration gives yet, a line for each table. */
export function pendingAccessLines(folder: string): string[] {
  return pendingAccess(folder).map(({ name, before, after }) => {
    const roles = (["authenticated", "service_role"] as const).map((role) => `${role} ${after[role] || "nothing"}`);
    const what = before ? "changed in db/schema/decisions.ts" : "a new table";
    return `not generated yet: grants and trigger of public.${name} (${what}): ${roles.join(", ")}`;
  });
}

/** What a table of the schema lacks for its decision to hold, or a decision its table. */
export function undecided(): string[] {
  const names = publicTables.map((table) => getTableConfig(table).name);
  return [
    ...publicTables.flatMap(problemsOf),
    ...Object.keys(tableDecisions)
      .filter((name) => !names.includes(name))
      .map(
        (name) =>
          `public.${name}: has an entry in db/schema/decisions.ts, and no table of that name is in the schema: remove the entry, or export the table`,
      ),
  ];
}

function problemsOf(table: PgTable): string[] {
  const { name, policies: given, enableRLS } = getTableConfig(table);
  if (!tableDecisions[name])
    return [`public.${name}: no entry in db/schema/decisions.ts says who reaches it: write one`];
  const wanted = policies(name).map((policy) => policy.name);
  const held = given.map((policy) => policy.name);
  const missing = wanted.filter((policy) => !held.includes(policy));
  if (missing.length > 0)
    return [
      `public.${name}: its policies ${missing.join(", ")} are not there; add ...policies("${name}") to the table`,
    ];
  if (held.length === 0 && !enableRLS)
    return [`public.${name}: row level security is off; end the table with .enableRLS()`];
  return [];
}

const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
