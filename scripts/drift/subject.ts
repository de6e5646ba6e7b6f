import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Subject } from "../../drift/check.ts";
import type { ResourceView } from "../../drift/layers/resources.ts";
import { localBackend } from "../../engine/backend.ts";
import { RefusedError } from "../../engine/error.ts";
import { type Progress, resourceLabel } from "../../engine/events.ts";
import type { Cloud } from "../../engine/guard.ts";
import { defaultDataDir, projectRoot } from "../../engine/paths.ts";
import { isEngineAlive } from "../../engine/process.ts";
import { isPlumbing } from "../../engine/reporter.ts";
import { openSession } from "../session.ts";
import { shadowDatabase } from "./shadow.ts";

const READERS = ["fdw_catalog_ro", "fdw_catalog_ro_a", "fdw_catalog_ro_b"];
const PROJECT = "tailfire";

/** A stack as the check looks at it. @throws RefusedError for a local stack that was never deployed. */
export async function openSubject(options: { stack: string; cloud: Cloud }): Promise<Subject> {
  const { stack, cloud } = options;
  const backend = localBackend(defaultDataDir(), PROJECT, stack);
  // Opening it would make an empty state.
  if (cloud === "local" && !existsSync(backend.checkpoint)) {
    throw new RefusedError({
      attempted: `Checking stack ${stack}`,
      answered: "it has no state",
      next: `npm run up -- ${stack} deploys it.`,
    });
  }
  const remarks: { resource: string; text: string }[] = [];
  const onProgress = (progress: Progress) => {
    if (progress.kind === "message" && progress.resource) {
      remarks.push({ resource: progress.resource, text: progress.text.replace(/^[^:]+: /, "") });
    }
  };
  const session = await openSession({ stack, cloud, onProgress });
  const cache =
    process.env.TAILFIRE_CACHE_DIR ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tailfire-environments");
  return {
    stack,
    busy: () => (cloud === "local" ? lockHolder(backend.lockDir) : Promise.resolve(undefined)),
    async target() {
      const outputs = await session.stack.outputs({ showSecrets: true });
      const text = (name: string) => String(outputs[name]?.value ?? "");
      return {
        host: text("host"),
        port: Number(text("port")),
        database: text("database"),
        user: text("user"),
        password: text("databasePassword"),
      };
    },
    async resources(): Promise<ResourceView> {
      const { steps } = await session.stack.preview({ refresh: true, readOnly: true });
      return {
        remarks,
        steps: steps
          .filter((step) => !isPlumbing(step))
          .map(({ urn, op, differences }) => ({ resource: resourceLabel(urn), op, differences })),
      };
    },
    folder: join(projectRoot, "migrations"),
    readers: READERS,
    shadow: shadowDatabase,
    cacheFolder: join(cache, "drift"),
  };
}

/** The engine's lock files name the process that works on the stack. */
async function lockHolder(lockDir: string): Promise<string | undefined> {
  const { readFile } = await import("node:fs/promises");
  for (const name of await readdir(lockDir).catch(() => [])) {
    const text = await readFile(join(lockDir, name), "utf8").catch(() => "");
    const pid = Number(/"pid":\s*(\d+)/.exec(text)?.[1]);
    if (pid && isEngineAlive(pid)) return `an operation is under way (process ${pid})`;
  }
  return undefined;
}
