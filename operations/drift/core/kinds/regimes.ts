import { granted } from "./acl.ts";
import type { BirthRow } from "./compare.ts";
import type { PlatformFacts } from "./facts.ts";
import { isPlatformRole } from "./platform-role.ts";

const API_ROLES = ["anon", "authenticated", "service_role"];
/** ALL, as projects made before 2026-05-30 have it. Source: facts, defaultPrivileges.publicRules. */
const ALL = {
  tables: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"],
  sequences: ["SELECT", "UPDATE", "USAGE"],
  functions: ["EXECUTE"],
} as const;

/** Default privileges at birth: as the facts were taken, in the form before, and with nothing left for sequences. */
export function publicRules({ defaultPrivileges }: PlatformFacts): BirthRow[][] {
  const all = defaultPrivileges.atBirth.flatMap(({ owner, schema, objects, acl }) =>
    granted(acl)
      .filter(({ grantee }) => grantee !== owner && !isPlatformRole(grantee))
      .map(({ grantee, privilege }) => row({ owner, grantee, objects, place: schema, privilege })),
  );
  const builtIn = [
    row({ owner: "postgres", grantee: "PUBLIC", objects: "functions", place: "all schemas", privilege: "EXECUTE" }),
    row({ owner: "postgres", grantee: "PUBLIC", objects: "types", place: "all schemas", privilege: "USAGE" }),
  ];
  const isOfPublic = ({ object }: BirthRow) => /^default privilege of postgres for .* in public$/.test(object);
  const fixed = [...all.filter((one) => !isOfPublic(one)), ...builtIn];
  const now = all.filter(isOfPublic);
  const before = Object.entries(ALL).flatMap(([objects, privileges]) =>
    API_ROLES.flatMap((grantee) =>
      privileges.map((privilege) => row({ owner: "postgres", grantee, objects, place: "public", privilege })),
    ),
  );
  const withoutSequences = now.filter(({ object }) => !object.includes(" on sequences "));
  return [now, before, withoutSequences, []].map((rules) => [...fixed, ...rules]);
}

function row(about: {
  readonly owner: string;
  readonly grantee: string;
  readonly objects: string;
  readonly place: string;
  readonly privilege: string;
}): BirthRow {
  const { owner, grantee, objects, place, privilege } = about;
  const object = `default privilege of ${owner} for ${grantee} on ${objects} in ${place}`;
  return { object, aspect: "granted", value: privilege, certainty: "always" };
}
