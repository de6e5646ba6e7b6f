/** The bodies of the Management API that the local cloud speaks, as https://api.supabase.com/api/v1 describes them. */

/** The life cycle of a project, as far as the local cloud goes through it. */
export type ProjectStatus =
  | "COMING_UP"
  | "ACTIVE_HEALTHY"
  | "ACTIVE_UNHEALTHY"
  | "GOING_DOWN"
  | "INIT_FAILED"
  | "INACTIVE"
  | "PAUSING"
  | "PAUSE_FAILED"
  | "RESTORING"
  | "RESTORE_FAILED"
  | "RESTARTING";

/** How far the setting-up of a branch is. */
export type BranchStatus =
  | "CREATING_PROJECT"
  | "RUNNING_MIGRATIONS"
  | "MIGRATIONS_PASSED"
  | "MIGRATIONS_FAILED"
  | "FUNCTIONS_DEPLOYED"
  | "FUNCTIONS_FAILED";

export interface BranchBody {
  id: string;
  name: string;
  project_ref: string;
  parent_project_ref: string;
  is_default: boolean;
  git_branch?: string;
  persistent: boolean;
  status: BranchStatus;
  created_at: string;
  updated_at: string;
  with_data: boolean;
  notify_url?: string;
  preview_project_status: ProjectStatus;
}

/** Answer to GET /v1/branches/{id}: how to reach its database. */
export interface BranchConfigBody {
  ref: string;
  postgres_version: string;
  postgres_engine: string;
  release_channel: string;
  status: ProjectStatus;
  db_host: string;
  db_port: number;
  /** As of a project. */
  api_port: number;
  db_user: string;
  db_pass: string;
  jwt_secret: string;
}

export interface NetworkRestrictionsBody {
  entitlement: "allowed";
  config: { dbAllowedCidrs: string[]; dbAllowedCidrsV6: string[] };
  old_config?: { dbAllowedCidrs: string[]; dbAllowedCidrsV6: string[] };
  status: "stored" | "applied";
  updated_at?: string;
  applied_at?: string;
}

export interface SslEnforcementBody {
  currentConfig: { database: boolean };
  appliedSuccessfully: boolean;
}

export interface SecretBody {
  name: string;
  /** SHA-256 of the value, hexadecimal; the value itself is never shown. */
  value: string;
  updated_at: string;
}

export interface LoginRoleBody {
  role: string;
  password: string;
  ttl_seconds: number;
}

export interface PostgrestBody {
  db_schema: string;
  max_rows: number;
  db_extra_search_path: string;
  db_pool: number | null;
}

export interface OrganizationBody {
  id: string;
  slug: string;
  name: string;
}

/** Answer to POST /v1/projects; GET adds `database`. */
export interface ProjectBody {
  id: string;
  ref: string;
  organization_id: string;
  organization_slug: string;
  name: string;
  region: string;
  created_at: string;
  status: ProjectStatus;
}

export interface ProjectWithDatabaseBody extends ProjectBody {
  database: {
    host: string;
    /** Only where the platform refused 5432 on an own address; hosted bodies never have it. */
    port?: number;
    /** Of the API on the same host; the platform's is another host, on the usual port. */
    api_port: number;
    version: string;
    postgres_engine: string;
    release_channel: string;
  };
}

/** Answer to PATCH and DELETE of a project. */
export interface ProjectRefBody {
  id: number;
  ref: string;
  name: string;
}

export const HEALTH_SERVICES = [
  "auth",
  "db",
  "db_postgres_user",
  "pooler",
  "realtime",
  "rest",
  "storage",
  "pg_bouncer",
] as const;
export type HealthService = (typeof HEALTH_SERVICES)[number];

export interface ServiceHealthBody {
  name: HealthService;
  healthy: boolean;
  status: "COMING_UP" | "ACTIVE_HEALTHY" | "UNHEALTHY";
  /** Of the Auth server only. */
  info?: { name: string; version: string; description: string };
  error?: string;
}

export interface ApiKeyBody {
  name: string;
  api_key: string | null;
  id: string | null;
  type: "legacy" | "publishable" | "secret";
  prefix: string | null;
  hash: string | null;
  description: string | null;
  secret_jwt_template: Record<string, unknown> | null;
  inserted_at: string | null;
  updated_at: string | null;
}

export interface PoolerBody {
  identifier: string;
  database_type: "PRIMARY";
  is_using_scram_auth: boolean;
  db_user: string;
  db_host: string;
  db_port: number;
  db_name: string;
  connection_string: string;
  connectionString: string;
  default_pool_size: number | null;
  max_client_conn: number | null;
  pool_mode: "transaction" | "session";
}
