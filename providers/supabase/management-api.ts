import type { ManagementAccess } from "../management/access.ts";
import { ApiError } from "../management/error.ts";
import { type Request, send } from "../management/request.ts";
import { separateReads, shareRead } from "../management/shared-reads.ts";
import type { ApiKeyBody, BranchBody, BranchDetailBody, HealthBody, PoolerBody, ProjectBody } from "./contract.ts";

/** What a project is created with. */
export interface NewProject {
  name: string;
  organizationSlug: string;
  region: string;
  databasePassword: string;
  instanceSize?: string | undefined;
}

/** The operations of the Management API that the provider uses. Contract: the API's public OpenAPI description. */
export class ManagementApi {
  readonly #settings: ManagementAccess;
  readonly #signal: AbortSignal;

  /** @param options.signal ends a call, also between two tries */
  constructor(options: { settings: ManagementAccess; signal: AbortSignal }) {
    this.#settings = options.settings;
    this.#signal = options.signal;
  }

  /** All projects the token sees. */
  async listProjects(): Promise<ProjectBody[]> {
    return (await this.request({ method: "GET", path: "/v1/projects" })) as ProjectBody[];
  }

  /** A project; undefined when there is none (any more). */
  async getProject(ref: string): Promise<ProjectBody | undefined> {
    return unlessMissing(this.request({ method: "GET", path: `/v1/projects/${ref}` }) as Promise<ProjectBody>);
  }

  /** Creates a project. Never repeated here: after a failure it may exist all the same. */
  async createProject(project: NewProject): Promise<{ ref: string }> {
    const body = {
      name: project.name,
      organization_slug: project.organizationSlug,
      region: project.region,
      db_pass: project.databasePassword,
      ...(project.instanceSize ? { desired_instance_size: project.instanceSize } : {}),
    };
    const secrets = [project.databasePassword];
    const call = { method: "POST", path: "/v1/projects", body, secrets, retry: false, seeThrough: true } as const;
    const answer = await this.request(call);
    return answer as { ref: string };
  }

  async renameProject(ref: string, name: string): Promise<void> {
    await this.request({ method: "PATCH", path: `/v1/projects/${ref}`, body: { name } });
  }

  /** Starts to pause a project. */
  async pauseProject(ref: string): Promise<void> {
    await this.request({ method: "POST", path: `/v1/projects/${ref}/pause`, retry: false });
  }

  /** Starts to restore a paused project. */
  async restoreProject(ref: string): Promise<void> {
    await this.request({ method: "POST", path: `/v1/projects/${ref}/restore`, retry: false });
  }

  /** Starts the removal of a project. One that is gone already is a success. */
  async deleteProject(ref: string): Promise<void> {
    await unlessMissing(this.request({ method: "DELETE", path: `/v1/projects/${ref}` }));
  }

  async setDatabasePassword(ref: string, password: string): Promise<void> {
    const path = `/v1/projects/${ref}/database/password`;
    await this.request({ method: "PATCH", path, body: { password }, secrets: [password] });
  }

  /** Addresses of the poolers; an empty list while they are being set up. */
  async getPoolers(ref: string): Promise<PoolerBody[]> {
    return (await this.request({ method: "GET", path: `/v1/projects/${ref}/config/database/pooler` })) as PoolerBody[];
  }

  /** The keys of the project, in full. */
  async getApiKeys(ref: string): Promise<ApiKeyBody[]> {
    return (await this.request({ method: "GET", path: `/v1/projects/${ref}/api-keys?reveal=true` })) as ApiKeyBody[];
  }

  async getLegacyApiKeysEnabled(ref: string): Promise<boolean> {
    const answer = await this.request({ method: "GET", path: `/v1/projects/${ref}/api-keys/legacy` });
    return (answer as { enabled: boolean }).enabled;
  }

  async setLegacyApiKeysEnabled(ref: string, enabled: boolean): Promise<void> {
    await this.request({ method: "PUT", path: `/v1/projects/${ref}/api-keys/legacy?enabled=${enabled}` });
  }

  /** Compute size as an input has it, such as `micro`; `nano` where no compute add-on is selected. */
  async getInstanceSize(ref: string): Promise<string> {
    const answer = await this.request({ method: "GET", path: `/v1/projects/${ref}/billing/addons` });
    const { selected_addons } = answer as { selected_addons: { type: string; variant: { id: string } }[] };
    const compute = selected_addons.find((addon) => addon.type === "compute_instance");
    return compute ? compute.variant.id.replace(/^ci_/, "") : "nano";
  }

  /** Changes the compute size; on the platform this restarts the project. */
  async setInstanceSize(ref: string, size: { from: string; to: string }): Promise<void> {
    const path = `/v1/projects/${ref}/billing/addons`;
    if (size.to === "nano") {
      // nano is the absence of a compute add-on.
      await unlessMissing(this.request({ method: "DELETE", path: `${path}/ci_${size.from}` }));
      return;
    }
    const body = { addon_type: "compute_instance", addon_variant: `ci_${size.to}` };
    await this.request({ method: "PATCH", path, body });
  }

  /** The branches of a project, its own (the default) among them. None where branching was never used. */
  async listBranches(ref: string): Promise<BranchBody[]> {
    const answer = await unlessMissing(this.request({ method: "GET", path: `/v1/projects/${ref}/branches` }));
    return (answer ?? []) as BranchBody[];
  }

  /** A branch's database, its password included; undefined when there is none (any more). */
  async getBranch(id: string): Promise<BranchDetailBody | undefined> {
    return unlessMissing(this.request({ method: "GET", path: `/v1/branches/${id}` }) as Promise<BranchDetailBody>);
  }

  /** Creates a branch. Never repeated here: after a failure it may exist all the same. */
  async createBranch(ref: string, body: Readonly<Record<string, unknown>>): Promise<BranchBody> {
    const path = `/v1/projects/${ref}/branches`;
    return (await this.request({ method: "POST", path, body, retry: false })) as BranchBody;
  }

  async updateBranch(id: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    await this.request({ method: "PATCH", path: `/v1/branches/${id}`, body });
  }

  /** Starts the removal of a branch, without the platform's hour of grace. One that is gone already is a success. */
  async deleteBranch(id: string): Promise<void> {
    await unlessMissing(this.request({ method: "DELETE", path: `/v1/branches/${id}?force=true` }));
  }

  async listOrganizations(): Promise<{ id: string; slug: string; name: string }[]> {
    return (await this.request({ method: "GET", path: "/v1/organizations" })) as Awaited<
      ReturnType<ManagementApi["listOrganizations"]>
    >;
  }

  /** Health of the named services of a project, as the platform sees them. */
  async getHealth(ref: string, services: readonly string[]): Promise<HealthBody[]> {
    const path = `/v1/projects/${ref}/health?services=${services.join(",")}`;
    return (await this.request({ method: "GET", path })) as HealthBody[];
  }

  /**
   * One call; repeated on failure unless `retry` is false. Answers are trusted to follow the contract: their shape is
   * asserted by the callers, not checked.
   */
  request(request: Omit<Request, "signal" | "retry"> & { retry?: boolean }): Promise<unknown> {
    const call = () => send(this.#settings, { retry: true, ...request, signal: this.#signal });
    if (request.method !== "GET") return separateReads(this.#signal, call);
    const { endpoint, accessToken } = this.#settings;
    return shareRead(this.#signal, `${endpoint}${request.path} ${accessToken}`, call);
  }
}

/** The answer; undefined when there is no such object (404). */
export async function unlessMissing<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
