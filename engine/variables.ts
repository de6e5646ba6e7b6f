import { dirname } from "node:path";
import type { LocalBackend } from "./backend.ts";
import type { Cloud } from "./guard.ts";

const always = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "TZ",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "PULUMI_DEBUG_GRPC",
  // Windows starts no program without these.
  "SYSTEMROOT",
  "SYSTEMDRIVE",
  "COMSPEC",
  "PATHEXT",
  "WINDIR",
  "USERPROFILE",
  "APPDATA",
  "LOCALAPPDATA",
  "PROGRAMDATA",
]);
const alwaysPrefixes = ["LC_", "XDG_", "TAILFIRE_"];

// A hosted stack logs in to a state backend and to Supabase with the user's own settings.
const hosted = new Set(["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSH_AUTH_SOCK", "CI"]);
const hostedPrefixes = ["PULUMI_", "SUPABASE_", "AWS_", "AZURE_", "ARM_", "GOOGLE_", "GCLOUD_", "VAULT_", "GITHUB_"];

/**
 * The environment of the engine and, through it, of every plugin: what a process needs to run at all and, for a hosted
 * stack, the settings of its backends. Everything else the caller happens to have exported stays out, DATABASE_URL
 * first of all. The folder of this Node comes first on PATH, so that plugins run on the same version.
 */
export function engineEnvironment(cloud: Cloud, from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value !== undefined && isPassed(name.toUpperCase(), cloud)) kept[name] = value;
  }
  const separator = process.platform === "win32" ? ";" : ":";
  const pathName = Object.keys(kept).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  kept[pathName] = [dirname(process.execPath), kept[pathName]].filter(Boolean).join(separator);
  kept.PULUMI_SKIP_UPDATE_CHECK = "true";
  return kept;
}

function isPassed(name: string, cloud: Cloud): boolean {
  if (always.has(name) || alwaysPrefixes.some((prefix) => name.startsWith(prefix))) return true;
  return cloud === "hosted" && (hosted.has(name) || hostedPrefixes.some((prefix) => name.startsWith(prefix)));
}

/** What the engine needs to know of a local backend. */
export function localVariables(backend: LocalBackend): Record<string, string> {
  return {
    PULUMI_HOME: backend.homeDir,
    PULUMI_BACKEND_URL: `file://${backend.stateDir}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: backend.passphraseFile,
    // The plugins are this project's own; a missing one is an error to show, not something to download.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Otherwise every operation adds a copy of the state and a log file.
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    PULUMI_LOG_ROTATION_MAX_AGE_DAYS: "7",
    PULUMI_LOG_ROTATION_MAX_TOTAL_MB: "10",
  };
}

/** Values of an environment that no text may show. */
export function secretVariables(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env)
    .filter(([name]) => /TOKEN|KEY|PASSWORD|SECRET/.test(name))
    .map(([, value]) => value);
}
