import { identifier } from "../identifier.ts";
import type { LiveRole } from "./live.ts";

/** What a reader is to be. Times in seconds. */
export interface Wanted {
  name: string;
  schema: string;
  generation: number;
  connectionLimit: number;
  statementTimeoutSeconds: number;
  idleInTransactionTimeoutSeconds: number;
  idleSessionTimeoutSeconds: number;
  lockTimeoutSeconds: number;
  transactionTimeoutSeconds: number;
  retirePrevious: boolean;
}

/** One thing that is not as it should be, and what corrects it. */
export interface Repair {
  difference: string;
  sql: string[];
}

/** What no resource gave a role of the reader: members, an end of its log-ins, settings in one database alone. */
export function strangeRepairs(name: string, role: LiveRole): Repair[] {
  const alter = `alter role ${identifier(name)}`;
  const ends =
    role.endsAt === null
      ? []
      : [{ difference: `role ${name}: log-ins end at ${role.endsAt}`, sql: [`${alter} valid until 'infinity'`] }];
  const databases = role.databases.map((database) => ({
    difference: `role ${name} has settings of its own in database ${database}`,
    sql: [`${alter} in database ${identifier(database)} reset all`],
  }));
  return [...role.members.map((member) => leave(member, name)), ...ends, ...databases];
}

/** Ends a membership that no resource made. */
export function leave(member: string, parent: string): Repair {
  const sql = [`revoke ${identifier(parent)} from ${identifier(member)}`];
  return { difference: `${member} is a member of ${parent}`, sql };
}
