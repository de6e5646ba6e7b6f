import { type Policy, supabasePolicy } from "@supabase/pg-delta";
import { policyName } from "../../../../names/reader.ts";

/**
 * Supabase's rules for what belongs to the platform, behind rules for the
 * roles of the catalog's reader, which the layer `resources` compares. A user mapping is
 * left out altogether: none but a superuser may read all of them.
 */
export function schemaPolicy(readers: readonly string[]): Policy {
  const names = [...readers];
  const byId = (kind: string, field: string) => ({
    match: { all: [{ kind }, { idField: { field, glob: names } }] },
    action: "exclude" as const,
  });
  const ofReader = [
    { match: { all: [{ kind: "role" }, { name: names }] }, action: "exclude" as const },
    byId("membership", "role"),
    byId("membership", "member"),
    byId("acl", "grantee"),
    {
      match: {
        all: [{ kind: "policy" }, { idField: { field: "name", glob: names.map(policyName) } }],
      },
      action: "exclude" as const,
    },
  ];
  return {
    ...supabasePolicy,
    id: "environment",
    assumedRoles: [...(supabasePolicy.assumedRoles ?? []), ...names],
    filter: [
      { match: { kind: "userMapping" }, action: "exclude" },
      // `postgres` owns the database, and creates in `public` by that; what it is granted there besides varies.
      {
        match: {
          all: [
            { kind: "acl" },
            { target: { kind: "schema", name: ["public"] } },
            { idField: { field: "grantee", glob: ["postgres"] } },
          ],
        },
        action: "exclude",
      },
      // The layer `security` compares them for every owner, with what a project has at birth.
      { match: { kind: "defaultPrivilege" }, action: "exclude" },
      ...(names.length > 0 ? ofReader : []),
      ...(supabasePolicy.filter ?? []),
    ],
  };
}
