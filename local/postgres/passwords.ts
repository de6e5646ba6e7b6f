import type { ProjectRecord } from "../state.ts";
import { scramVerifier } from "./scram.ts";
import { adminLogin, type InternalLogin, queryLogin, withSession } from "./session.ts";

/**
 * Replaces every password the template brought: `postgres` gets the customer's, logins of the local cloud get the
 * project's own, all others stay without one and so cannot log in. `sql` is run before that.
 */
export async function openToItsOwner(
  record: ProjectRecord,
  copy: { adminPassword: string; sql: string },
): Promise<void> {
  await setVerifiers({
    record,
    login: { user: "supabase_admin", password: copy.adminPassword },
    before: copy.sql,
    verifiers: {
      postgres: record.passwordVerifier,
      [queryLogin(record).user]: scramVerifier(record.internal.query),
      supabase_read_only_user: scramVerifier(record.internal.reader),
      pgbouncer: scramVerifier(record.internal.pgbouncer),
      supabase_admin: scramVerifier(record.internal.admin),
    },
  });
}

/** Sets the password of `postgres`, given as its verifier. */
export async function setDatabasePassword(record: ProjectRecord, verifier: string): Promise<void> {
  await setVerifiers({ record, login: adminLogin(record), verifiers: { postgres: verifier } });
}

/** Lets Auth log in as supabase_auth_admin. */
export async function openToAuth(record: ProjectRecord, password: string): Promise<void> {
  const verifiers = { supabase_auth_admin: scramVerifier(password) };
  await setVerifiers({ record, login: adminLogin(record), verifiers });
}

async function setVerifiers(options: {
  record: ProjectRecord;
  login: InternalLogin;
  verifiers: Record<string, string>;
  before?: string;
}): Promise<void> {
  await withSession({
    address: options.record.address,
    login: options.login,
    applicationName: "local cloud: passwords",
    work: (sql) =>
      sql.begin(async (transaction) => {
        // The log is silent for supabase_admin; the statistics are not.
        await transaction`set local pg_stat_statements.track = 'none'`;
        if (options.before) await transaction.unsafe(options.before);
        for (const [role, verifier] of Object.entries(options.verifiers)) {
          await transaction.unsafe(`alter role "${role}" password '${verifier}'`);
        }
      }),
  });
}
