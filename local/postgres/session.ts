import postgres from "postgres";
import type { ProjectRecord } from "../state.ts";
import { EARLIER_QUERY_USER } from "./query-user.ts";

/** A login the local cloud itself uses, and its password. */
export interface InternalLogin {
  user: string;
  password: string;
}

/** The superuser of a project; used to set passwords and to look at health, never for a customer's SQL. */
export function adminLogin(record: ProjectRecord): InternalLogin {
  return { user: "supabase_admin", password: record.internal.admin };
}

/**
 * The Management API's own way in: its sessions are `postgres` from their first statement on, and RESET ROLE leads to no
 * more. A project made by an earlier version has it under the name that login roles bear now.
 */
export function queryLogin(record: ProjectRecord): InternalLogin {
  return { user: record.internal.queryUser ?? EARLIER_QUERY_USER, password: record.internal.query };
}

/** Opens one connection, hands it to `work` and closes it whatever happens. */
export async function withSession<T>(options: {
  address: { host: string; port: number };
  login: InternalLogin;
  applicationName: string;
  /** Seconds; default 5. */
  connectTimeout?: number;
  work: (sql: postgres.Sql) => Promise<T>;
}): Promise<T> {
  const sql = postgres({
    host: options.address.host,
    port: options.address.port,
    database: "postgres",
    user: options.login.user,
    password: options.login.password,
    max: 1,
    ssl: false,
    prepare: false,
    fetch_types: false,
    connect_timeout: options.connectTimeout ?? 5,
    connection: { application_name: options.applicationName },
    onnotice: () => undefined,
  });
  try {
    return await options.work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
