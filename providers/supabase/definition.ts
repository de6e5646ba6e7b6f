import type { Definition } from "../host/kind.ts";
import type { ManagementAccess } from "../management/access.ts";
import { apiSettingsKind } from "./api-settings.provider.ts";
import { apikeyKind } from "./apikey.provider.ts";
import { authSettingsKind } from "./auth-settings.provider.ts";
import { branchKind } from "./branch.provider.ts";
import { edgeFunctionSecretsKind } from "./edge-function-secrets.provider.ts";
import { getApikeys, getBranch, getHealth, getOrganizations, getPooler, getProject } from "./functions.ts";
import { networkRestrictionsKind } from "./network-restrictions.provider.ts";
import { poolerSettingsKind } from "./pooler-settings.provider.ts";
import { postgresSettingsKind } from "./postgres-settings.provider.ts";
import { projectKind } from "./project.provider.ts";
import { settingsKind } from "./settings.provider.ts";
import { configuration, parseSettings } from "./settings.ts";
import { sslEnforcementKind } from "./ssl-enforcement.provider.ts";
import { storageSettingsKind } from "./storage-settings.provider.ts";

/** The package `supabase`: what the Management API owns. */
export const definition: Definition<ManagementAccess> = {
  name: "supabase",
  version: "0.1.0",
  description: "Supabase projects, branches, keys and settings, over the Management API.",
  configuration,
  parseConfig: parseSettings,
  kinds: [
    projectKind,
    apiSettingsKind,
    apikeyKind,
    authSettingsKind,
    branchKind,
    edgeFunctionSecretsKind,
    networkRestrictionsKind,
    poolerSettingsKind,
    postgresSettingsKind,
    settingsKind,
    sslEnforcementKind,
    storageSettingsKind,
  ],
  functions: [getPooler, getApikeys, getProject, getOrganizations, getBranch, getHealth],
};
