/** Name of the reader of a catalog, where none is given. */
export const DEFAULT_READER = "fdw_catalog_ro";

/** The two logins of a reader; odd generations use the first. */
export function loginsOf(name: string): [string, string] {
  return [`${name}_a`, `${name}_b`];
}

/** The login of a generation. */
export function loginOfGeneration(name: string, generation: number): string {
  return loginsOf(name)[generation % 2 === 1 ? 0 : 1];
}

/** The policy that lets the reader see every row. */
export function policyName(name: string): string {
  return `${name} reads all rows`;
}
