export { ApiSettings, type ApiSettingsArgs } from "./api-settings.ts";
export { Apikey, type ApikeyArgs } from "./apikey.ts";
export { AuthSettings, type AuthSettingsArgs } from "./auth-settings.ts";
export { Branch, type BranchArgs, type BranchDatabase } from "./branch.ts";
export type { Connection } from "./connection.ts";
export { EdgeFunctionSecrets, type EdgeFunctionSecretsArgs } from "./edge-function-secrets.ts";
export {
  type GetApikeysArgs,
  type GetApikeysResult,
  getApikeys,
  getApikeysOutput,
} from "./get-apikeys.ts";
export { type GetBranchArgs, type GetBranchResult, getBranch, getBranchOutput } from "./get-branch.ts";
export { type GetHealthArgs, type GetHealthResult, getHealth, getHealthOutput } from "./get-health.ts";
export { type GetOrganizationsResult, getOrganizations } from "./get-organizations.ts";
export { type GetPoolerArgs, type GetPoolerResult, getPooler, getPoolerOutput } from "./get-pooler.ts";
export { type GetProjectArgs, type GetProjectResult, getProject, getProjectOutput } from "./get-project.ts";
export { NetworkRestrictions, type NetworkRestrictionsArgs } from "./network-restrictions.ts";
export { PoolerSettings, type PoolerSettingsArgs } from "./pooler-settings.ts";
export { PostgresSettings, type PostgresSettingsArgs } from "./postgres-settings.ts";
export { Project, type ProjectArgs } from "./project.ts";
export { Provider, type ProviderArgs } from "./provider.ts";
export { Settings, type SettingsArgs } from "./settings.ts";
export { SslEnforcement, type SslEnforcementArgs } from "./ssl-enforcement.ts";
export { StorageSettings, type StorageSettingsArgs } from "./storage-settings.ts";
