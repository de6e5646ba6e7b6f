import type { CheckFailure, Properties } from "../../host/kind.ts";
import { isLoopback } from "../../host/loopback.ts";

/** What is wrong with the options of a foreign server: credentials, the transaction pooler, TLS that is too weak. */
export function optionFailures(options: unknown): CheckFailure[] {
  if (typeof options !== "object" || options === null) return [];
  const held = options as Properties;
  const failures: CheckFailure[] = [];
  for (const secret of ["user", "password", "sslpassword", "passfile"].filter((option) => option in held)) {
    failures.push({
      property: `options.${secret}`,
      reason: "credentials are no server options: use user and vaultSecret",
    });
  }
  if (held.port === "6543") {
    failures.push({
      property: "options.port",
      reason: "6543 is the transaction pooler; use 5432, direct or session pooler",
    });
  }
  const host = typeof held.host === "string" ? held.host : "";
  // What is not known yet during a preview is no string.
  const sslmode = String(held.sslmode ?? "prefer");
  if (["disable", "allow", "prefer"].includes(sslmode) && host !== "" && !isLoopback(host)) {
    failures.push({
      property: "options.sslmode",
      reason: `${held.sslmode ?? "none (libpq then prefers TLS)"} is for this machine only; use require or more`,
    });
  }
  if (["verify-ca", "verify-full"].includes(sslmode) && held.sslrootcert === undefined) {
    failures.push({
      property: "options.sslrootcert",
      reason: `${sslmode} needs it: a file on the machine of this database server, or system`,
    });
  }
  return failures;
}
