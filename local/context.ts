import type { AuthServers } from "./auth/running.ts";
import type { CloudLayout } from "./layout.ts";
import type { Binaries } from "./postgres/binaries.ts";
import type { KeyPair } from "./postgres/certificates.ts";
import type { Launcher } from "./postgres/launcher.ts";
import type { Template } from "./postgres/template.ts";
import type { ProjectRecord, StateStore } from "./state.ts";

/** What the parts of a running daemon share. */
export interface CloudContext {
  layout: CloudLayout;
  state: StateStore;
  binaries: Binaries;
  launcher: Launcher;
  template: Template;
  authority: KeyPair;
  /** Path of PgBouncer; undefined where it is not installed. */
  pgbouncer: string | undefined;
  auth: AuthServers;
  /** Projects by name that did not come up, as their name asked for. */
  failedStarts: Map<string, number>;
  /** One line into the daemon's log. Never a secret. */
  log(line: string): void;
}

/** Why 6543 is closed, said alike by the API, the status and the pooler. */
export const NO_PGBOUNCER =
  "no transaction pooler: PgBouncer is not installed (put pgbouncer on PATH or name it in TAILFIRE_PGBOUNCER, then restart the local cloud)";

/** The project of a ref; undefined when there is none, or no longer. */
export function findProject(context: CloudContext, ref: string): ProjectRecord | undefined {
  return context.state.value.projects.find((project) => project.ref === ref);
}
