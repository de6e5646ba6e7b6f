import { policyName } from "../../../names/reader.ts";
import { identifier } from "../identifier.ts";
import { isInUse } from "./in-use.ts";
import type { Live } from "./live.ts";
import type { Repair, Wanted } from "./wanted.ts";

/** What the group may read, and nothing more. */
export function grantRepairs(live: Live, wanted: Wanted): Repair[] {
  const { name, schema } = wanted;
  const group = identifier(name);
  const inSchema = `in schema ${identifier(schema)}`;
  const found: Repair[] = [];
  if (!live.usage) {
    const sql = [`grant usage on schema ${identifier(schema)} to ${group}`];
    found.push({ difference: `${name} may not use schema ${schema}`, sql });
  }
  for (const { name: table } of live.unreadable.filter(({ grantable }) => grantable)) {
    found.push({ difference: `${name} may not read ${table}`, sql: [`grant select on ${table} to ${group}`] });
  }
  for (const creator of live.creators) {
    const sql = [
      `alter default privileges for role ${identifier(creator)} ${inSchema} grant select on tables to ${group}`,
    ];
    found.push({ difference: `${name} may not read tables that ${creator} will create in ${schema}`, sql });
  }
  for (const { name: table } of live.hidden.filter(({ ours }) => ours)) {
    const policy = identifier(policyName(name));
    const sql = [
      `drop policy if exists ${policy} on ${table}`,
      `create policy ${policy} on ${table} for select to ${group} using (true)`,
    ];
    found.push({ difference: `row-level security hides rows of ${table} from ${name}`, sql });
  }
  const excess = isInUse(live, wanted) ? live.excess.filter(({ grantee }) => grantee !== name) : live.excess;
  for (const { grantee, privilege, kind, object } of excess) {
    const sql = [`revoke ${privilege.toLowerCase()} on ${kind} ${object} from ${identifier(grantee)} cascade`];
    found.push({ difference: `${grantee} has ${privilege} on ${kind} ${object}`, sql });
  }
  return found;
}

/** What keeps the reader from rows and cannot be changed by this role, in words with the way out. */
export function beyondReach(live: Live, { name }: Pick<Wanted, "name">): string[] {
  return [
    ...live.unreadable
      .filter(({ grantable }) => !grantable)
      .map(
        ({ name: table, owner }) => `${table} belongs to ${owner}, which has to: grant select on ${table} to ${name}`,
      ),
    ...live.hidden
      .filter(({ ours }) => !ours)
      .map(({ name: table, owner }) => {
        const policy = `create policy ${identifier(policyName(name))} on ${table} for select to ${name} using (true)`;
        return `row-level security of ${table} hides rows; its owner ${owner} has to: ${policy}`;
      }),
    ...live.restrictive.map(
      ({ name: table, owner, policy }) =>
        `restrictive policy "${policy}" of ${table} hides rows from ${name}; its owner ${owner} has to name the roles it is for: alter policy "${policy}" on ${table} to ROLES`,
    ),
  ];
}
