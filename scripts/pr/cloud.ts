import type { LocalCloud } from "../../local/cloud.ts";
import { hostedPlatform, type ListedProject, listProjects, type Platform, removeProject } from "../management.ts";
import { organizationOf } from "../organizations.ts";
import { numberOfProject } from "./name.ts";

/** A project in the cloud whose name is of the reserved form. */
export interface PreviewProject extends ListedProject {
  readonly number: number;
}

/** The Management API, as far as previews are looked for and cleared away without a stack. */
export class PreviewCloud {
  readonly #platform: Platform;
  readonly #project: string;

  /** @param options.project name of the Pulumi project, which every preview's project name starts with */
  constructor(options: { endpoint: string; token: string; project: string }) {
    const { endpoint, token, project } = options;
    this.#platform = { endpoint: endpoint.replace(/\/+$/, ""), token };
    this.#project = project;
  }

  /** Every preview's project the token can see, those on their way out left aside. */
  async list(): Promise<PreviewProject[]> {
    const projects = await listProjects(this.#platform);
    return projects.flatMap((project) => {
      const number = numberOfProject(this.#project, project.name);
      return number === undefined ? [] : [{ ...project, number }];
    });
  }

  /** Deletes a project and waits until it is gone. */
  remove(project: PreviewProject): Promise<void> {
    return removeProject(this.#platform, project, { again: "npm run pr -- prune" });
  }
}

/** The cloud previews live in: the local one's organization for previews, or the account of SUPABASE_ACCESS_TOKEN. */
export function previewCloud(project: string, localCloud: LocalCloud | undefined, env = process.env): PreviewCloud {
  if (localCloud) {
    const { token } = organizationOf(localCloud, "preview");
    return new PreviewCloud({ endpoint: localCloud.endpoint, token, project });
  }
  const platform = hostedPlatform(env);
  if (!platform)
    throw new Error("Looking for previews failed: SUPABASE_ACCESS_TOKEN is not set. Set it and try again.");
  return new PreviewCloud({ ...platform, project });
}
