import type { Owned } from "../host/ownership.ts";
import { ApiError } from "../management/error.ts";
import { directConnection, poolerConnections } from "./connections.ts";
import type { ApiKeyBody, PoolerBody, ProjectBody, ProjectStatus } from "./contract.ts";
import type { ProjectInputs } from "./declarations/project.ts";
import type { Connection } from "./login.ts";
import type { ManagementApi } from "./management-api.ts";

/** What is recorded of a project: live values under the names of the inputs, and the further outputs. */
export interface ProjectState extends Partial<ProjectInputs>, Owned {
  organizationId: string;
  name: string;
  region: string & ProjectInputs["region"];
  ref: string;
  status: ProjectStatus;
  /** ISO 8601. */
  createdAt: string;
  host: string;
  port: number;
  database: string;
  user: string;
  apiUrl: string;
  directConnection: Connection;
  sessionPooler?: Connection | undefined;
  transactionPooler?: Connection | undefined;
  anonKey?: string | undefined;
  serviceRoleKey?: string | undefined;
  publishableKey?: string | undefined;
  secretKey?: string | undefined;
}

/** Recorded in the place of a password that the database refuses, so that refresh shows a difference. */
export const REFUSED_PASSWORD = "[refused by the database]";

/** What one look at a project gives, without the database. */
export function projectState(project: ProjectBody, poolers: readonly PoolerBody[], known: KnownValues): ProjectState {
  const direct = directConnection(project);
  const pooled = poolerConnections(poolers);
  const sameOrganization = [project.organization_slug, project.organization_id].includes(known.organizationId ?? "");
  return {
    // An organization has two names; the one the user wrote is kept.
    organizationId: sameOrganization && known.organizationId ? known.organizationId : project.organization_slug,
    name: project.name,
    // The API's description has it as any string; what is compared is only whether it is the same.
    region: project.region as ProjectState["region"],
    databasePassword: known.databasePassword,
    protected: known.protected,
    replaceProject: known.replaceProject,
    timeouts: known.timeouts,
    ref: project.ref,
    status: project.status,
    paused: project.status === "INACTIVE" || project.status === "PAUSING",
    createdAt: project.created_at,
    ...direct,
    apiUrl: apiUrl(direct.host, project.database.api_port),
    directConnection: direct,
    sessionPooler: pooled?.session,
    transactionPooler: pooled?.transaction,
  };
}

/** Values that the API does not tell, or tells in another form. */
export type KnownValues = Partial<
  Pick<ProjectInputs, "organizationId" | "databasePassword" | "timeouts" | "protected" | "replaceProject">
>;

/**
 * Adds size, keys and key settings, which are calls of their own. Size and key settings stay unknown to a token whose
 * scopes leave them out; a program that sets them is told so when they are changed.
 * @param options.recorded what is known, where it is not to be asked again
 * @param options.inputs what the program sets: of size and key settings, the rest is not worth a call at every refresh
 */
export async function completeState(
  api: ManagementApi,
  state: ProjectState,
  { recorded, inputs = {} }: { recorded?: ProjectState; inputs?: Partial<ProjectInputs> } = {},
): Promise<ProjectState> {
  const asks = (name: "instanceSize" | "legacyApiKeysEnabled") => !recorded || inputs[name] !== undefined;
  const [instanceSize, legacyApiKeysEnabled, keys] = await Promise.all([
    asks("instanceSize") ? unlessForbidden(api.getInstanceSize(state.ref)) : recorded?.instanceSize,
    asks("legacyApiKeysEnabled")
      ? unlessForbidden(api.getLegacyApiKeysEnabled(state.ref))
      : recorded?.legacyApiKeysEnabled,
    api.getApiKeys(state.ref),
  ]);
  // The contract lists the same sizes for add-ons and for inputs.
  const size = instanceSize as ProjectInputs["instanceSize"];
  return { ...state, instanceSize: size, legacyApiKeysEnabled, ...keyOutputs(keys) };
}

async function unlessForbidden<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}

/** The four keys an application uses. The first one of each type counts; `default` is what the platform makes. */
export function keyOutputs(
  keys: readonly ApiKeyBody[],
): Pick<ProjectState, "anonKey" | "serviceRoleKey" | "publishableKey" | "secretKey"> {
  const legacy = (name: string) => keys.find((key) => key.name === name && isLegacy(key))?.api_key ?? undefined;
  const ofType = (type: "publishable" | "secret") => keys.find((key) => key.type === type)?.api_key ?? undefined;
  return {
    anonKey: legacy("anon"),
    serviceRoleKey: legacy("service_role"),
    publishableKey: ofType("publishable"),
    secretKey: ofType("secret"),
  };
}

// Before there were other keys, the API named no type.
function isLegacy(key: ApiKeyBody): boolean {
  return key.type === "legacy" || key.type === null || key.type === undefined;
}

/** `db.REF.supabase.co` serves the database of `REF.supabase.co`. The local cloud has both at one address, and tells the port. */
export function apiUrl(databaseHost: string, port?: number): string {
  if (databaseHost.startsWith("db.")) return `https://${databaseHost.slice("db.".length)}`;
  return `http://${databaseHost}${port === undefined ? "" : `:${port}`}`;
}
