const PRIVILEGES: Readonly<Record<string, string>> = {
  r: "SELECT",
  a: "INSERT",
  w: "UPDATE",
  d: "DELETE",
  D: "TRUNCATE",
  x: "REFERENCES",
  t: "TRIGGER",
  m: "MAINTAIN",
  X: "EXECUTE",
  U: "USAGE",
  C: "CREATE",
  T: "TEMPORARY",
  c: "CONNECT",
  s: "SET",
  A: "ALTER SYSTEM",
};

/** One privilege of one role. */
export interface Granted {
  /** `PUBLIC` for everybody. */
  readonly grantee: string;
  /** As `SELECT`, or `SELECT with grant option`. */
  readonly privilege: string;
  readonly grantor: string;
}

/** Takes entries as Postgres prints them (`anon=ar*w/postgres`) apart. */
export function granted(acl: readonly string[]): Granted[] {
  return acl.flatMap((entry) => {
    const [, grantee = "", letters = "", grantor = ""] = /^(.*)=([a-zA-Z*]*)\/(.*)$/.exec(entry) ?? [];
    return [...letters.matchAll(/([a-zA-Z])(\*?)/g)].map(([, letter = "", option]) => ({
      grantee: grantee || "PUBLIC",
      privilege: `${PRIVILEGES[letter] ?? letter}${option ? " with grant option" : ""}`,
      grantor,
    }));
  });
}
