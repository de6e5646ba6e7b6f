/** How the names of roles begin that Supabase makes as it needs them. */
export const PLATFORM_PREFIXES = ["supabase_", "cli_login_", "pgsodium_", "pgtle_"] as const;

/** Roles that Supabase or Postgres makes, and that no customer can be or change. */
export const PLATFORM_PATTERN = `^(pg_|${PLATFORM_PREFIXES.join("|")})|^(dashboard_user|pgbouncer)$`;

const PLATFORM = new RegExp(PLATFORM_PATTERN);

export function isPlatformRole(name: string): boolean {
  return PLATFORM.test(name);
}
