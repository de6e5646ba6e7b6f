import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Root of the checkout: the folder that holds Pulumi.yaml. */
export const projectRoot = dirname(import.meta.dirname);

/** Folder of the project's migrations. */
export const migrationsFolder = join(projectRoot, "migrations");

/** Folder for everything local work writes: `TAILFIRE_DATA_DIR`, default `.data` in the checkout. */
export function defaultDataDir(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.TAILFIRE_DATA_DIR || join(projectRoot, ".data"));
}

/** Folder for what survives a checkout: `TAILFIRE_CACHE_DIR`, default `tailfire-environments` in the user's cache folder. */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.TAILFIRE_CACHE_DIR) return resolve(env.TAILFIRE_CACHE_DIR);
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "tailfire-environments");
}
