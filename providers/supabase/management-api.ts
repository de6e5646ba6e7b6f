import { ApiError } from "./api-error.ts";
import type { ApiKeyBody, PoolerBody, ProjectBody } from "./contract.ts";
import { type Request, send } from "./request.ts";
import type { Settings } from "./settings.ts";

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
  readonly #settings: Settings;
  readonly #signal: AbortSignal;

  /** @param options.signal ends a call, also between two tries */
  constructor(options: { settings: Settings; signal: AbortSignal }) {
    this.#settings = options.settings;
    this.#signal = options.signal;
  }

  /** All projects the token sees. */
  async listProjects(): Promise<ProjectBody[]> {
    return (await this.#call({ method: "GET", path: "/v1/projects" })) as ProjectBody[];
  }

  /** A project; undefined when there is none (any more). */
  async getProject(ref: string): Promise<ProjectBody | undefined> {
    return unlessMissing(this.#call({ method: "GET", path: `/v1/projects/${ref}` }) as Promise<ProjectBody>);
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
    const answer = await this.#call({ method: "POST", path: "/v1/projects", body, secrets, retry: false });
    return answer as { ref: string };
  }

  async renameProject(ref: string, name: string): Promise<void> {
    await this.#call({ method: "PATCH", path: `/v1/projects/${ref}`, body: { name } });
  }

  /** Starts the removal of a project. One that is gone already is a success. */
  async deleteProject(ref: string): Promise<void> {
    await unlessMissing(this.#call({ method: "DELETE", path: `/v1/projects/${ref}` }));
  }

  async setDatabasePassword(ref: string, password: string): Promise<void> {
    const path = `/v1/projects/${ref}/database/password`;
    await this.#call({ method: "PATCH", path, body: { password }, secrets: [password] });
  }

  /** Addresses of the poolers; an empty list while they are being set up. */
  async getPoolers(ref: string): Promise<PoolerBody[]> {
    return (await this.#call({ method: "GET", path: `/v1/projects/${ref}/config/database/pooler` })) as PoolerBody[];
  }

  /** The keys of the project, in full. */
  async getApiKeys(ref: string): Promise<ApiKeyBody[]> {
    return (await this.#call({ method: "GET", path: `/v1/projects/${ref}/api-keys?reveal=true` })) as ApiKeyBody[];
  }

  async getLegacyApiKeysEnabled(ref: string): Promise<boolean> {
    const answer = await this.#call({ method: "GET", path: `/v1/projects/${ref}/api-keys/legacy` });
    return (answer as { enabled: boolean }).enabled;
  }

  async setLegacyApiKeysEnabled(ref: string, enabled: boolean): Promise<void> {
    await this.#call({ method: "PUT", path: `/v1/projects/${ref}/api-keys/legacy?enabled=${enabled}` });
  }

  /** Compute size as an input has it, such as `micro`; `nano` where no compute add-on is selected. */
  async getInstanceSize(ref: string): Promise<string> {
    const answer = await this.#call({ method: "GET", path: `/v1/projects/${ref}/billing/addons` });
    const { selected_addons } = answer as { selected_addons: { type: string; variant: { id: string } }[] };
    const compute = selected_addons.find((addon) => addon.type === "compute_instance");
    return compute ? compute.variant.id.replace(/^ci_/, "") : "nano";
  }

  /** Changes the compute size; on the platform this restarts the project. */
  async setInstanceSize(ref: string, size: { from: string; to: string }): Promise<void> {
    const path = `/v1/projects/${ref}/billing/addons`;
    if (size.to === "nano") {
      // nano is the absence of a compute add-on.
      await unlessMissing(this.#call({ method: "DELETE", path: `${path}/ci_${size.from}` }));
      return;
    }
    const body = { addon_type: "compute_instance", addon_variant: `ci_${size.to}` };
    await this.#call({ method: "PATCH", path, body });
  }

  // Answers are trusted to follow the contract: their shape is asserted by the callers above, not checked.
  #call(request: Omit<Request, "signal" | "retry"> & { retry?: boolean }): Promise<unknown> {
    return send(this.#settings, { retry: true, ...request, signal: this.#signal });
  }
}

async function unlessMissing<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
