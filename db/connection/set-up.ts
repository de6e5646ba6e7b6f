import { literal } from "./literal.ts";
/** What a session is told before anything else, by name as Postgres knows it. Empty, 0 and false leave a setting out. */
export type SessionSettings = Readonly<Record<string, string | number | boolean | undefined>>;

const first = ["role", "search_path"];
const last = ["default_transaction_read_only"];

/** SessionSettings that a server takes while a session begins only, and the name, which poolers pass on. */
const startup = new Set(["application_name", "client_encoding", "options", "replication"]);

/** Splits what postgres.js calls `connection` into what begins a session and what is SET in it. */
export function splitSettings(connection: SessionSettings): { begin: SessionSettings; set: SessionSettings } {
  const entries = Object.entries(connection).filter(([, value]) => value);
  return {
    begin: Object.fromEntries(entries.filter(([name]) => startup.has(name))),
    set: Object.fromEntries(entries.filter(([name]) => !startup.has(name))),
  };
}

/**
 * The statements that set them, in the order in which one needs the other: role, search_path, time-outs, read only.
 * `scope` local holds to the end of the transaction.
 */
export function setUpSql(settings: SessionSettings, scope: "session" | "local" = "session"): string {
  const rank = (name: string) =>
    last.includes(name) ? first.length + 1 : (first.indexOf(name) + 1 || first.length + 1) - 1;
  return Object.entries(settings)
    .sort(([one], [other]) => rank(one) - rank(other))
    .flatMap(([name, value]) => [
      statement(name, value === true ? "on" : String(value), scope),
      ...(name === "role" && settings.search_path === undefined ? [pathOfRole(scope)] : []),
    ])
    .join("; ");
}

/**
 * SET ROLE brings no setting of that role along, and without its search_path what lies in schema `extensions` is not found:
 * it is looked up as a log-in would find it, the database's own before that of the whole cluster.
 */
function pathOfRole(scope: "session" | "local"): string {
  return (
    `select pg_catalog.set_config('search_path', pg_catalog.substr(c, 13), ${scope === "local"}) ` +
    "from pg_catalog.pg_db_role_setting s cross join pg_catalog.unnest(s.setconfig) c " +
    "where c like 'search_path=%' and s.setrole = current_user::pg_catalog.regrole " +
    "and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())) " +
    "order by s.setdatabase desc limit 1"
  );
}

function statement(name: string, value: string, scope: "session" | "local"): string {
  if (!/^[a-z_][a-z0-9_.]*$/i.test(name)) throw new Error(`${JSON.stringify(name)} is not the name of a setting.`);
  if (name === "role") return `set ${scope} role "${value.replaceAll('"', '""')}"`;
  if (name === "default_transaction_read_only" && scope === "local") return "set transaction read only";
  // search_path is a list, which set_config reads as it is written.
  return `select pg_catalog.set_config('${name.toLowerCase()}', ${literal(value)}, ${scope === "local"})`;
}
