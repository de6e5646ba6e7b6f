import type { LocalCloud } from "../../local/cloud.ts";

/** The organizations a local cloud has: Production is alone in its own, so that no preview's token reaches it. */
export const organizations = { production: "tailfire-production", previews: "tailfire-previews" } as const;

/** Name of the organization a stack's project belongs to in a local cloud. */
export function organizationNameOf(stack: string): string {
  return stack === "prod" ? organizations.production : organizations.previews;
}

/** The same organization in a running cloud. */
export function organizationOf(cloud: LocalCloud, stack: string): LocalCloud["organizations"][number] {
  const name = organizationNameOf(stack);
  const organization = cloud.organizations.find((candidate) => candidate.name === name);
  if (!organization) throw new Error(`the local cloud at ${cloud.endpoint} has no organization ${name}`);
  return organization;
}
