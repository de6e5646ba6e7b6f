import { setTimeout as sleep } from "node:timers/promises";
import type { LocalCloud } from "../../local/cloud.ts";
import { organizationOf } from "../organizations.ts";
import { numberOfProject } from "./name.ts";

/** A project in the cloud whose name is of the reserved form. */
export interface PreviewProject {
  readonly ref: string;
  readonly name: string;
  readonly number: number;
  readonly createdAt: string;
}

interface ProjectBody {
  readonly id: string;
  readonly ref?: string;
  readonly name: string;
  readonly status: string;
  readonly created_at: string;
}

const LEAVING = ["GOING_DOWN", "REMOVED"];
const TRIES = 4;
const GONE_TIMEOUT_MS = 120_000;

/** The Management API, as far as previews are looked for and cleared away without a stack. */
export class PreviewCloud {
  readonly #endpoint: string;
  readonly #token: string;
  readonly #project: string;

  /** @param options.project name of the Pulumi project, which every preview's project name starts with */
  constructor(options: { endpoint: string; token: string; project: string }) {
    this.#endpoint = options.endpoint.replace(/\/+$/, "");
    this.#token = options.token;
    this.#project = options.project;
  }

  /** Every preview's project the token can see, those on their way out left aside. */
  async list(): Promise<PreviewProject[]> {
    const answer = await this.#call("GET", "/v1/projects");
    const projects: readonly ProjectBody[] = await answer.json().then((body) => body as ProjectBody[]);
    return projects.flatMap((body) => {
      const number = numberOfProject(this.#project, body.name);
      if (number === undefined || LEAVING.includes(body.status)) return [];
      return [{ ref: body.ref ?? body.id, name: body.name, number, createdAt: body.created_at }];
    });
  }

  /** Deletes a project and waits until it is gone. */
  async remove(project: PreviewProject): Promise<void> {
    await this.#call("DELETE", `/v1/projects/${project.ref}`, [404]);
    for (const deadline = Date.now() + GONE_TIMEOUT_MS; Date.now() < deadline; await sleep(200)) {
      const answer = await this.#call("GET", `/v1/projects/${project.ref}`, [404, 403]);
      if (!answer.ok) return;
      const body = (await answer.json()) as ProjectBody;
      if (body.status === "REMOVED") return;
    }
    throw new Error(
      `Project ${project.name} (${project.ref}) was deleted and is still listed after 120 s. Run: npm run pr -- prune`,
    );
  }

  async #call(method: "GET" | "DELETE", path: string, accepted: readonly number[] = []): Promise<Response> {
    for (let tries = 1; ; tries++) {
      const answer = await fetch(`${this.#endpoint}${path}`, {
        method,
        headers: { authorization: `Bearer ${this.#token}` },
        signal: AbortSignal.timeout(30_000),
      }).catch((error: Error) => error);
      if (!(answer instanceof Error) && (answer.ok || accepted.includes(answer.status))) return answer;
      const passing = answer instanceof Error || answer.status === 429 || answer.status >= 500;
      if (passing && tries < TRIES) {
        const wait = answer instanceof Error ? undefined : Number(answer.headers.get("retry-after"));
        await sleep(wait ? wait * 1000 : 300 * 2 ** tries);
        continue;
      }
      const what =
        answer instanceof Error ? answer.message : `HTTP ${answer.status} ${(await answer.text()).slice(0, 300)}`;
      throw new Error(
        `${method} ${path} of the Management API failed: ${what}. Check SUPABASE_ACCESS_TOKEN and try again.`,
      );
    }
  }
}

/** The cloud previews live in: the local one's organization for previews, or the account of SUPABASE_ACCESS_TOKEN. */
export function previewCloud(project: string, localCloud: LocalCloud | undefined, env = process.env): PreviewCloud {
  if (localCloud) {
    const { token } = organizationOf(localCloud, "preview");
    return new PreviewCloud({ endpoint: localCloud.endpoint, token, project });
  }
  const token = env.SUPABASE_ACCESS_TOKEN;
  if (!token) throw new Error("Looking for previews failed: SUPABASE_ACCESS_TOKEN is not set. Set it and try again.");
  return new PreviewCloud({ endpoint: env.SUPABASE_API_ENDPOINT || "https://api.supabase.com", token, project });
}
