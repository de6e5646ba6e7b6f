/** Optional dependencies the lockfile names and has no entry for, as [path, entry] to add. */
export function missingEntries(lock: { packages: Record<string, unknown> }): [string, unknown][];
