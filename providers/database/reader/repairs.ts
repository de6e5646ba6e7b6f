import { loginOfGeneration, loginsOf } from "../../../names/reader.ts";
import { identifier } from "../identifier.ts";
import { dropRoleSql } from "./drop.ts";
import { grantRepairs } from "./grants.ts";
import { isInUse } from "./in-use.ts";
import type { Live, LiveRole } from "./live.ts";
import { leave, type Repair, strangeRepairs, type Wanted } from "./wanted.ts";

/** The settings that bound a login, by the input they come from. */
export const TIMEOUTS = {
  statementTimeoutSeconds: "statement_timeout",
  idleInTransactionTimeoutSeconds: "idle_in_transaction_session_timeout",
  idleSessionTimeoutSeconds: "idle_session_timeout",
  lockTimeoutSeconds: "lock_timeout",
  transactionTimeoutSeconds: "transaction_timeout",
} as const;

/** Settings of a login that are not chosen, with what is wrong where one is missing. */
const FIXED = [
  ["default_transaction_read_only", "on", "transactions are not read only by default"],
  // A query whose subscriber is gone ends within 10 s, instead of running to its statement_timeout.
  ["client_connection_check_interval", "10000", "queries outlive the subscriber that asked them"],
  // The wrapper reads through a cursor and fetches all of it: the plan of a first few rows would be the wrong one.
  ["cursor_tuple_fraction", "1", "queries are planned for their first rows alone"],
] as const;

const POWERLESS = "nocreatedb nocreaterole noreplication nobypassrls";

/** The time-outs this server knows. */
export function timeoutsOn(live: Live): [input: keyof typeof TIMEOUTS, setting: string][] {
  const all = Object.entries(TIMEOUTS) as [keyof typeof TIMEOUTS, string][];
  return all.filter(([, setting]) => setting !== "transaction_timeout" || live.boundsTransactions);
}

/** Seconds of a time-out as a role's settings hold it (`statement_timeout=60000`); undefined where it has none. */
export function timeoutOf(role: LiveRole | undefined, setting: string): number | undefined {
  const value = role?.settings.find((entry) => entry.startsWith(`${setting}=`))?.slice(setting.length + 1);
  const match = /^(\d+)(ms|s|min|h)?$/.exec(value ?? "");
  if (!match) return undefined;
  const factor = { ms: 0.001, s: 1, min: 60, h: 3600 }[match[2] ?? "ms"] ?? 0.001;
  return Number(match[1]) * factor;
}

/** Everything to do, in order: roles, limits, what they may read, and nothing more. Passwords are not part of it. */
export function repairs(live: Live, wanted: Wanted): Repair[] {
  return [...groupRepairs(live, wanted), ...loginRepairs(live, wanted), ...grantRepairs(live, wanted)];
}

function groupRepairs(live: Live, wanted: Wanted): Repair[] {
  const { name } = wanted;
  const group = live.roles[name];
  const role = identifier(name);
  if (!group) return [{ difference: `role ${name} is missing`, sql: [`create role ${role} nologin`] }];
  // Somebody reads through it, and would not be able to any more: it ends with the rotation that gives them another login.
  if (isInUse(live, wanted)) return [];
  const found: Repair[] = [];
  if (group.canLogin) {
    const sql = [`alter role ${role} nologin password null connection limit -1`, `alter role ${role} reset all`];
    found.push({ difference: `role ${name} can log in; it is to be a group`, sql });
  }
  if (group.powerful) {
    found.push({
      difference: `role ${name} has attributes of an administrator`,
      sql: [`alter role ${role} ${POWERLESS}`],
    });
  }
  if (!group.canLogin && group.settings.length > 0) {
    found.push({ difference: `role ${name} has settings of its own`, sql: [`alter role ${role} reset all`] });
  }
  return [...found, ...group.memberOf.map((parent) => leave(name, parent)), ...strangeRepairs(name, group)];
}

function loginRepairs(live: Live, wanted: Wanted): Repair[] {
  const active = loginOfGeneration(wanted.name, wanted.generation);
  return loginsOf(wanted.name).flatMap((login) => {
    const role = live.roles[login];
    if (login !== active && !role) return [];
    if (login !== active && isDone(role, wanted)) return [dropRetired(login)];
    const quoted = identifier(login);
    const found: Repair[] = [];
    if (!role) found.push({ difference: `login ${login} is missing`, sql: [`create role ${quoted} login`] });
    if (role && login === active && !role.canLogin) {
      found.push({ difference: `login ${login} may not log in`, sql: [`alter role ${quoted} login`] });
    }
    if (role?.canLogin && login !== active && wanted.retirePrevious) {
      found.push({ difference: `login ${login} is not retired`, sql: [`alter role ${quoted} nologin`] });
    }
    const strange = role ? strangeRepairs(login, role) : [];
    return [...found, ...boundRepairs(login, live, wanted), ...membershipRepairs(login, role, wanted), ...strange];
  });
}

/** Whether the login before this generation was retired, and its last session has ended. */
function isDone(role: LiveRole | undefined, wanted: Wanted): boolean {
  return wanted.retirePrevious && role?.canLogin === false && role.sessions === 0;
}

function dropRetired(login: string): Repair {
  return { difference: `login ${login} is retired and unused; it is to be dropped`, sql: dropRoleSql(login) };
}

function boundRepairs(login: string, live: Live, wanted: Wanted): Repair[] {
  const role = live.roles[login];
  const alter = `alter role ${identifier(login)}`;
  const found: Repair[] = [];
  if (role?.connectionLimit !== wanted.connectionLimit) {
    const sql = [`${alter} connection limit ${wanted.connectionLimit}`];
    found.push({ difference: `login ${login}: connection limit ${role?.connectionLimit ?? "missing"}`, sql });
  }
  for (const [input, setting] of timeoutsOn(live)) {
    const held = timeoutOf(role, setting);
    if (held === wanted[input]) continue;
    const sql = [`${alter} set ${setting} = ${Math.round(wanted[input] * 1000)}`];
    found.push({ difference: `login ${login}: ${setting} ${held === undefined ? "missing" : `${held} s`}`, sql });
  }
  for (const [setting, value, wrong] of FIXED) {
    if (role?.settings.includes(`${setting}=${value}`)) continue;
    found.push({ difference: `login ${login}: ${wrong}`, sql: [`${alter} set ${setting} = ${value}`] });
  }
  const meant = new Set<string>([...Object.values(TIMEOUTS), ...FIXED.map(([setting]) => setting)]);
  for (const setting of (role?.settings ?? []).map((entry) => entry.split("=")[0] ?? "")) {
    if (meant.has(setting)) continue;
    found.push({ difference: `login ${login}: ${setting} is set`, sql: [`${alter} reset ${settingName(setting)}`] });
  }
  if (role?.powerful || role?.inherits === false) {
    const sql = [`${alter} inherit ${POWERLESS}`];
    found.push({ difference: `login ${login}: attributes are not those of a reader`, sql });
  }
  return found;
}

/** `request.jwt.claims` is a name of two parts or more. */
function settingName(setting: string): string {
  return setting.split(".").map(identifier).join(".");
}

function membershipRepairs(login: string, role: LiveRole | undefined, { name }: Wanted): Repair[] {
  const others = (role?.memberOf ?? []).filter((parent) => parent !== name).map((parent) => leave(login, parent));
  if (role?.memberOf.includes(name)) return others;
  const sql = [`grant ${identifier(name)} to ${identifier(login)}`];
  return [...others, { difference: `login ${login} is no member of ${name}`, sql }];
}
