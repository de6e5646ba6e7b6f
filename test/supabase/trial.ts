import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { SupabaseManagementAPI } from "supabase-management-js";
import { type LocalCloud, resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { cloudLayout } from "../../local/layout.ts";
import { readState } from "../../local/state.ts";
import type { Call } from "../../providers/host/kind.ts";
import type { ManagementAccess } from "../../providers/management/access.ts";
import type { ProjectInputs } from "../../providers/supabase/declarations/project.ts";
import type { Connection } from "../../providers/supabase/login.ts";

export const PASSWORD = "Trial-only-password-1";

/** A local cloud of its own with the organizations "one" and "two", and another client of its API. */
export class Trial {
  readonly cloud: LocalCloud;
  /** Acts for organization "one", with none of the provider's code. */
  readonly client: SupabaseManagementAPI;
  /** Messages of all calls since the trial began. */
  readonly messages: string[] = [];

  private constructor(cloud: LocalCloud) {
    this.cloud = cloud;
    this.client = new SupabaseManagementAPI({ accessToken: this.organization(0).token, baseUrl: cloud.endpoint });
  }

  static async open(): Promise<Trial> {
    const dataDir = await mkdtemp(join(tmpdir(), "supabase-provider-"));
    return new Trial(await startLocalCloud({ dataDir, organizations: ["one", "two"] }));
  }

  async close(): Promise<void> {
    await resetLocalCloud({ dataDir: this.cloud.dataDir });
    await rm(this.cloud.dataDir, { recursive: true, force: true });
  }

  /** How the platform's superuser logs in to a project. */
  async platformLogin(ref: string): Promise<{ user: string; password: string }> {
    const state = await readState(cloudLayout(this.cloud.dataDir).state);
    const record = state?.projects.find((project) => project.ref === ref);
    return { user: "supabase_admin", password: record?.internal.admin ?? "" };
  }

  organization(index: number): LocalCloud["organizations"][number] {
    const found = this.cloud.organizations[index];
    if (!found) throw new Error(`the trial has no organization ${index}`);
    return found;
  }

  settings(): ManagementAccess {
    return { accessToken: this.organization(0).token, endpoint: this.cloud.endpoint };
  }

  /** What the host hands to an operation. */
  call(
    options: { settings?: ManagementAccess; signal?: AbortSignal; timeoutSeconds?: number } = {},
  ): Call<ManagementAccess> {
    const note = (message: string) => void this.messages.push(message);
    return {
      urn: "urn:pulumi:test::test::supabase:index/project:Project::test",
      config: options.settings ?? this.settings(),
      context: { signal: options.signal ?? new AbortController().signal, progress: note, info: note, warn: note },
      timeoutSeconds: options.timeoutSeconds ?? 0,
    };
  }

  inputs(name: string, more: Partial<ProjectInputs> = {}): ProjectInputs {
    const organizationId = this.organization(0).slug;
    return { organizationId, name, databasePassword: PASSWORD, region: "ca-central-1", ...more };
  }

  /** Refs of the projects of that name, as the other client lists them. */
  async refs(name: string): Promise<string[]> {
    const { data: projects } = await this.client.listAllProjects();
    return projects.filter((project) => project.name === name).map((project) => project.ref);
  }

  /** Creates a project with the other client, and waits for its database. */
  async createOutside(name: string, password = PASSWORD): Promise<string> {
    const organization_slug = this.organization(0).slug;
    const body = { name, db_pass: password, organization_slug, region: "ca-central-1" } as const;
    const { ref } = (await this.client.createAProject(body)).data;
    await this.waitFor(ref, "ACTIVE_HEALTHY");
    return ref;
  }

  /** Waits until the other client sees no such project. */
  async gone(ref: string): Promise<void> {
    const isThere = () =>
      this.client.getProject(ref).then(
        () => true,
        () => false,
      );
    while (await isThere()) await sleep(25);
  }

  /** Waits until the other client sees this status. */
  async waitFor(ref: string, status: string): Promise<void> {
    while ((await this.client.getProject(ref)).data.status !== status) await sleep(25);
  }
}

/** Who a fresh log-in is, by its own words. */
export async function whoAmI(connection: Connection, password = PASSWORD): Promise<string> {
  const sql = postgres({ ...connection, password, max: 1, fetch_types: false, onnotice: () => undefined });
  try {
    const [row] = await sql<{ name: string }[]>`select current_user::text as name`;
    return row?.name ?? "";
  } finally {
    await sql.end({ timeout: 1 });
  }
}
