/** The parts of the Management API's public OpenAPI description that the provider relies on. */

/** Regions a project can be created in; source: `V1CreateProjectBody.region`. */
export const REGIONS = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ap-east-1",
  "ap-southeast-1",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-southeast-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-north-1",
  "eu-central-1",
  "eu-central-2",
  "ca-central-1",
  "ap-south-1",
  "sa-east-1",
] as const;

/** Compute sizes; source: `V1CreateProjectBody.desired_instance_size`. */
export const INSTANCE_SIZES = [
  "nano",
  "micro",
  "small",
  "medium",
  "large",
  "xlarge",
  "2xlarge",
  "4xlarge",
  "8xlarge",
  "12xlarge",
  "16xlarge",
  "24xlarge",
  "24xlarge_optimized_memory",
  "24xlarge_optimized_cpu",
  "24xlarge_high_memory",
  "48xlarge",
  "48xlarge_optimized_memory",
  "48xlarge_optimized_cpu",
  "48xlarge_high_memory",
] as const;

/** Status of a project; source: `V1ProjectWithDatabaseResponse.status`. */
export type ProjectStatus =
  | "INACTIVE"
  | "ACTIVE_HEALTHY"
  | "ACTIVE_UNHEALTHY"
  | "COMING_UP"
  | "UNKNOWN"
  | "GOING_DOWN"
  | "INIT_FAILED"
  | "REMOVED"
  | "RESTORING"
  | "UPGRADING"
  | "PAUSING"
  | "RESTORE_FAILED"
  | "RESTARTING"
  | "PAUSE_FAILED"
  | "RESIZING";

/** Statuses of a project that is being removed or is removed. */
export const LEAVING: readonly ProjectStatus[] = ["GOING_DOWN", "REMOVED"];

/** Statuses that waiting does not end, with what a person can do about each. */
export const TERMINAL: Partial<Record<ProjectStatus, string>> = {
  INIT_FAILED:
    "it could not be set up and has no data: delete it in the dashboard, or run up again to have it replaced",
  INACTIVE: "it is paused: restore it in the dashboard, then run up again",
  PAUSE_FAILED: "pausing it failed: restore it in the dashboard, or ask the platform's support",
  RESTORE_FAILED: "restoring it failed: ask the platform's support",
  GOING_DOWN: "it is being deleted: run refresh once it is gone, then up",
  REMOVED: "it was deleted: run refresh, then up",
};

export interface ProjectBody {
  ref: string;
  organization_id: string;
  organization_slug: string;
  name: string;
  region: string;
  created_at: string;
  status: ProjectStatus;
  /** Both ports are given by the local cloud only: `port` where it cannot have 5432. */
  database: { host: string; port?: number; api_port?: number };
}

export interface PoolerBody {
  database_type: "PRIMARY" | "READ_REPLICA";
  db_user: string;
  db_host: string;
  db_port: number;
  db_name: string;
  connection_string: string;
  pool_mode: "transaction" | "session";
}

export interface ApiKeyBody {
  name: string;
  api_key?: string | null;
  type?: "legacy" | "publishable" | "secret" | null;
  id?: string | null;
  description?: string | null;
  secret_jwt_template?: { role: string } | null;
}

export interface BranchBody {
  id: string;
  name: string;
  project_ref: string;
  parent_project_ref: string;
  is_default: boolean;
  git_branch?: string;
  persistent: boolean;
  status:
    | "CREATING_PROJECT"
    | "RUNNING_MIGRATIONS"
    | "MIGRATIONS_PASSED"
    | "MIGRATIONS_FAILED"
    | "FUNCTIONS_DEPLOYED"
    | "FUNCTIONS_FAILED";
  created_at: string;
  with_data: boolean;
}

/** A branch's database; source: `BranchDetailResponse`. */
export interface BranchDetailBody {
  ref: string;
  status: ProjectStatus;
  postgres_version: string;
  db_host: string;
  db_port: number;
  /** Given by the local cloud only. */
  api_port?: number;
  db_user?: string;
  db_pass?: string;
  jwt_secret?: string;
}

export interface HealthBody {
  name: string;
  healthy: boolean;
  status: "COMING_UP" | "ACTIVE_HEALTHY" | "UNHEALTHY";
  error?: string;
}
