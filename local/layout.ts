import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where each file of one local cloud lies, below `<dataDir>/cloud`. */
export interface CloudLayout {
  /** The folder that holds everything of this cloud and nothing else; mode 0700. */
  root: string;
  state: string;
  /** Who runs the cloud now, and how to reach it; present only while a daemon answers. */
  daemon: string;
  lock: string;
  log: string;
  caCertificate: string;
  caKey: string;
  poolerCertificate: string;
  poolerKey: string;
  /** Profile for the Supabase CLI: `SUPABASE_PROFILE=<this file>`. */
  supabaseProfile: string;
  projects: string;
}

/** Where the files of one project lie. */
export interface ProjectLayout {
  root: string;
  data: string;
  log: string;
  vaultKey: string;
  certificate: string;
  key: string;
  pgbouncer: string;
  /** Log and process of its Auth server. */
  auth: string;
}

/** The files of the local cloud of one data folder. */
export function cloudLayout(dataDir: string): CloudLayout {
  const root = join(dataDir, "cloud");
  return {
    root,
    state: join(root, "state.json"),
    daemon: join(root, "daemon.json"),
    lock: join(root, "daemon.lock"),
    log: join(root, "daemon.log"),
    caCertificate: join(root, "ca.crt"),
    caKey: join(root, "ca.key"),
    poolerCertificate: join(root, "pooler.crt"),
    poolerKey: join(root, "pooler.key"),
    supabaseProfile: join(root, "supabase-profile.yaml"),
    projects: join(root, "projects"),
  };
}

/** The files of one project of a cloud. */
export function projectLayout(cloud: CloudLayout, ref: string): ProjectLayout {
  const root = join(cloud.projects, ref);
  return {
    root,
    data: join(root, "data"),
    log: join(root, "postgres.log"),
    vaultKey: join(root, "vault.key"),
    certificate: join(root, "server.crt"),
    key: join(root, "server.key"),
    pgbouncer: join(root, "pgbouncer"),
    auth: join(root, "auth"),
  };
}

/** Absolute: `TAILFIRE_CACHE_DIR`, else `$XDG_CACHE_HOME/tailfire-environments`, else `~/.cache/tailfire-environments`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.TAILFIRE_CACHE_DIR) return resolve(env.TAILFIRE_CACHE_DIR);
  return resolve(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "tailfire-environments");
}
