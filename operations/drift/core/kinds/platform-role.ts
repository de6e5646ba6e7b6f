/** Roles that Supabase makes, and that no customer can be or change. As `platform` in prelude.sql, which a test compares. */
const PLATFORM = /^(pg_|supabase_|cli_login_|pgsodium_|pgtle_)|^(dashboard_user|pgbouncer)$/;

export function isPlatformRole(name: string): boolean {
  return PLATFORM.test(name);
}
