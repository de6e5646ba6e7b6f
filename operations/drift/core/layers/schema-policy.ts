import { type FilterRule, type Policy, supabasePolicy } from "@supabase/pg-delta";
import { policyName } from "../../../../names/reader.ts";
import { PLATFORM_PREFIXES } from "../kinds/platform-role.ts";

/** Roles that Supabase makes when it needs them, log-ins of an hour among them. */
const PLATFORM_ROLES = PLATFORM_PREFIXES.map((prefix) => `${prefix}*`);

/** Rules that leave out roles, who is in them, and what they are granted. */
function aboutRoles(glob: string[]) {
  const byId = (kind: string, field: string) => ({
    match: { all: [{ kind }, { idField: { field, glob } }] },
    action: "exclude" as const,
  });
  return [byId("role", "name"), byId("membership", "role"), byId("membership", "member"), byId("acl", "grantee")];
}

/**
 * Supabase's rules for what belongs to the platform, behind rules for the
 * roles of the catalog's reader, which the layer `resources` compares. A user mapping is
 * left out altogether: none but a superuser may read all of them.
 */
export function schemaPolicy(readers: readonly string[]): Policy {
  return {
    ...supabasePolicy,
    id: "environment",
    assumedRoles: [...(supabasePolicy.assumedRoles ?? []), ...readers],
    filter: [...leftOutById(readers), ...(supabasePolicy.filter ?? [])],
  };
}

/** What is left out by what it is called alone, whatever it is like: these rules are asked first. */
export function leftOutById(readers: readonly string[]): FilterRule[] {
  const names = [...readers];
  const ofReader = [
    ...aboutRoles(names),
    {
      match: {
        all: [{ kind: "policy" }, { idField: { field: "name", glob: names.map(policyName) } }],
      },
      action: "exclude" as const,
    },
  ];
  const exclude = "exclude" as const;
  return [
    { match: { kind: "userMapping" }, action: exclude },
    // `postgres` owns the database, and creates in `public` by that; what it is granted there besides varies.
    {
      match: {
        all: [
          { kind: "acl" },
          { target: { kind: "schema", name: ["public"] } },
          { idField: { field: "grantee", glob: ["postgres"] } },
        ],
      },
      action: exclude,
    },
    // The layer `security` compares them for every owner, with what a project has at birth.
    { match: { kind: "defaultPrivilege" }, action: exclude },
    ...aboutRoles(PLATFORM_ROLES),
    ...(names.length > 0 ? ofReader : []),
  ];
}
