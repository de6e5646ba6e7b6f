import type { ProjectRecord } from "../state.ts";
import { authConfig, authFields } from "./config.ts";

/** Settings that Auth knows under the same name, after GOTRUE_ and in capitals. */
const SAME: readonly RegExp[] = [
  /^disable_signup$/,
  /^external_(email|anonymous_users)_enabled$/,
  /^jwt_exp$/,
  /^mailer_(autoconfirm|allow_unverified_email_sign_ins|otp_exp|otp_length|secure_email_change_enabled)$/,
  /^mailer_subjects_/,
  /^mfa_(max_enrolled_factors|totp_\w+|web_authn_\w+)$/,
  /^password_(min_length|required_characters)$/,
  /^security_(manual_linking_enabled|refresh_token_reuse_interval|update_password_require_reauthentication)$/,
  /^sessions_(single_per_user|tags)$/,
  /^site_url$/,
  /^uri_allow_list$/,
];
/** Those it knows under another name, or in another form. */
const OTHER: Record<string, (value: unknown) => [string, unknown]> = {
  refresh_token_rotation_enabled: (value) => ["SECURITY_REFRESH_TOKEN_ROTATION_ENABLED", value],
  sessions_timebox: (value) => ["SESSIONS_TIMEBOX", hours(value)],
  sessions_inactivity_timeout: (value) => ["SESSIONS_INACTIVITY_TIMEOUT", hours(value)],
};
const HOOK = /^hook_(\w+)_(enabled|uri)$/;
const CONNECTIONS = 10;

/**
 * What a project's Auth server is started with. Secrets are among it: it is for the environment of that one process.
 * Nothing in it lets Auth call anything but the project's database.
 */
export function authEnvironment(
  record: ProjectRecord,
  login: { password: string; url: string },
): Record<string, string> {
  const { host, port, authPort } = record.address;
  const settings = Object.entries(authConfig(record)).flatMap(([name, value]) => settingOf(record, name, value));
  return {
    DATABASE_URL: `postgres://supabase_auth_admin:${login.password}@${host}:${port}/postgres`,
    DB_NAMESPACE: "auth",
    GOTRUE_DB_DRIVER: "postgres",
    GOTRUE_DB_MAX_POOL_SIZE: String(CONNECTIONS),
    GOTRUE_API_HOST: host,
    PORT: String(authPort),
    API_EXTERNAL_URL: login.url,
    GOTRUE_JWT_SECRET: record.jwtSecret,
    GOTRUE_JWT_ISSUER: login.url,
    GOTRUE_JWT_AUD: "authenticated",
    GOTRUE_JWT_DEFAULT_GROUP_NAME: "authenticated",
    GOTRUE_JWT_ADMIN_ROLES: "supabase_admin,service_role",
    GOTRUE_LOG_LEVEL: "warn",
    ...Object.fromEntries(settings),
  };
}

/** The settings of a project that were changed and that its Auth server does not follow here, by name. */
export function unfollowedSettings(record: ProjectRecord): string[] {
  return Object.entries(record.settings.auth)
    .filter(([name, value]) => value !== authFields[name]?.default && value !== null && value !== "")
    .filter(([name, value]) => settingOf(record, name, value).length === 0)
    .map(([name]) => name)
    .sort();
}

function settingOf(record: ProjectRecord, name: string, value: unknown): [string, string][] {
  if (value === null) return [];
  const hook = HOOK.exec(name)?.[1];
  // A hook over HTTP leads off this machine, and is signed with a secret of which only the hash is kept.
  if (hook && !String(record.settings.auth[`hook_${hook}_uri`] ?? "").startsWith("pg-functions:")) return [];
  const other = OTHER[name]?.(value);
  if (other) return other[1] === undefined ? [] : [[`GOTRUE_${other[0]}`, String(other[1])]];
  if (!hook && !SAME.some((pattern) => pattern.test(name))) return [];
  return [[`GOTRUE_${name.toUpperCase()}`, String(value)]];
}

/** 0 stands for no limit there; Auth takes it for a mistake. */
function hours(value: unknown): string | undefined {
  return value === 0 ? undefined : `${Math.round(Number(value) * 3600)}s`;
}
