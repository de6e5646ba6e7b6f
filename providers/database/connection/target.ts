export const SSLMODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
/** libpq's names for how a connection is encrypted, and what the server has to prove. */
type Sslmode = (typeof SSLMODES)[number];

/** The name under which `role` logs in where `user` does: a session pooler finds the project by what follows the first dot. */
export function loginNameOf(role: string, user: string): string {
  const dot = user.indexOf(".");
  return dot === -1 ? role : role + user.slice(dot);
}

/** The role behind the name under which a pooler lets it in. */
export function roleOf(user: string): string {
  return user.split(".", 1)[0] ?? user;
}

/** How a database is reached. */
export interface Target {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  sslmode: Sslmode;
  /** PEM of the authority that signed the server's certificate; undefined means the ones Node knows. */
  caCertificate: string | undefined;
  applicationName: string;
  /** Role to become after logging in; undefined where the user is that role. */
  role?: string;
}
