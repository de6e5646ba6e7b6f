import { execFile, type SpawnOptions } from "node:child_process";
import { chmod, chown, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How a Postgres program is started by the current user. Postgres refuses to run as root. */
export interface Launcher {
  /** One word for status and errors: "direct", "user namespace" or "uid switch". */
  kind: "direct" | "user namespace" | "uid switch";
  /** What to spawn in the place of `program args`. */
  command(program: string, args: string[]): { file: string; args: string[]; options: SpawnOptions };
  /**
   * Gives a folder and all in it to the user Postgres runs as, and lets that user through the two folders above it.
   * Nothing to do except for a uid switch.
   */
  own(folder: string): Promise<void>;
}

/** The id Postgres sees itself as inside the user namespace; any but 0 serves. */
const NAMESPACE_UID = "1000";
/** The account `nobody`, the one unprivileged account every Unix has. */
const FALLBACK_UID = 65_534;

/** Nothing of the caller's environment reaches Postgres: LD_LIBRARY_PATH or PG* variables would change it. */
const environment = { PATH: process.env.PATH ?? "/usr/bin:/bin", LANG: "C", LC_ALL: "C", TZ: "UTC" };

/** Chooses how to start Postgres here: as this user; as root in a user namespace; as root under another uid. */
export async function resolveLauncher(options: { unshare?: string } = {}): Promise<Launcher> {
  const unshare = options.unshare ?? "unshare";
  if (process.getuid?.() !== 0) {
    return { kind: "direct", command: (file, args) => ({ file, args, options: { env: environment } }), own: nothing };
  }
  const namespace = ["--user", `--map-user=${NAMESPACE_UID}`, `--map-group=${NAMESPACE_UID}`];
  const works = await run(unshare, [...namespace, "true"]).then(
    () => true,
    () => false,
  );
  if (works) {
    return {
      kind: "user namespace",
      command: (program, args) => ({
        file: unshare,
        args: [...namespace, program, ...args],
        options: { env: environment },
      }),
      own: nothing,
    };
  }
  return {
    kind: "uid switch",
    command: (file, args) => ({ file, args, options: { env: environment, uid: FALLBACK_UID, gid: FALLBACK_UID } }),
    own: chownTree,
  };
}

async function nothing(): Promise<void> {}

async function chownTree(folder: string): Promise<void> {
  for (const above of [dirname(folder), dirname(dirname(folder))]) await chmod(above, 0o711).catch(() => undefined);
  await chown(folder, FALLBACK_UID, FALLBACK_UID);
  await run("test", ["-x", folder], { uid: FALLBACK_UID, gid: FALLBACK_UID }).catch((error: Error) => {
    throw new Error(
      `Postgres does not run as root, and user ${FALLBACK_UID} cannot reach ${folder}: a folder above it is closed to others; run as another user, allow user namespaces, or set TAILFIRE_DATA_DIR and TAILFIRE_CACHE_DIR to folders open to all`,
      { cause: error },
    );
  });
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    await chown(join(entry.parentPath, entry.name), FALLBACK_UID, FALLBACK_UID);
  }
}
