import * as pulumi from "@pulumi/pulumi";

export interface GetOrganizationsResult {
  id: string;
  /** In the order of the API. */
  organizations: { id: string; slug: string; name: string }[];
}

/** The organizations that the token sees. */
export function getOrganizations(opts?: pulumi.InvokeOptions): Promise<GetOrganizationsResult> {
  return pulumi.runtime.invoke("supabase:index/getOrganizations:getOrganizations", {}, opts ?? {});
}
