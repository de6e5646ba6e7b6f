import { type LocalCloud, startLocalCloud } from "../../local/cloud.ts";
import type { Management } from "../../providers/management/access.ts";
import { organizationOf, organizations } from "./organizations.ts";

/** Starts the local cloud of a data folder with the organizations of this project's stacks, or finds it running. */
export function openLocalCloud(options: {
  readonly dataDir: string;
  /** One line for people at a time. */
  readonly onProgress?: ((line: string) => void) | undefined;
}): Promise<LocalCloud> {
  return startLocalCloud({ ...options, organizations: Object.values(organizations) });
}

/** The Management API of a local cloud, and the token of the organization a stack's project belongs to. */
export function localPlatform(cloud: LocalCloud, stack: string): Management {
  return { endpoint: cloud.endpoint, token: organizationOf(cloud, stack).token };
}
