import type { Management } from "../../providers/management/access.ts";
import {
  hostedPlatform,
  type ListedBranch,
  type ListedProject,
  listBranches,
  listProjects,
  removeBranch,
  removeProject,
} from "../platform/account.ts";
import { numberOf, numberOfProject } from "../session/stack-names.ts";

/** A project, or a branch of the shared preview project, whose name is of the reserved form. */
export interface PreviewProject extends ListedProject, Partial<Pick<ListedBranch, "branchId">> {
  readonly number: number;
}

/** The Management API, as far as previews are looked for and cleared away without a stack. */
export class PreviewCloud {
  readonly #platform: Management;
  readonly #project: string;

  /** @param options.project name of the Pulumi project, which every preview's project name starts with */
  constructor(options: { endpoint: string; token: string; project: string }) {
    const { endpoint, token, project } = options;
    this.#platform = { endpoint: endpoint.replace(/\/+$/, ""), token };
    this.#project = project;
  }

  /**
   * Every preview's project the token can see, those on their way out left aside.
   * @param sharedRef the project whose branches are looked through, too
   */
  async list(sharedRef: string | undefined): Promise<PreviewProject[]> {
    const projects = (await listProjects(this.#platform)).flatMap((project) => {
      const number = numberOfProject(this.#project, project.name);
      return number === undefined ? [] : [{ ...project, number }];
    });
    const branches = sharedRef === undefined ? [] : await listBranches(this.#platform, sharedRef);
    const named = branches.flatMap((branch) => {
      const number = numberOf(branch.name);
      return number === undefined ? [] : [{ ...branch, number }];
    });
    return [...projects, ...named];
  }

  /** Deletes a project or a branch and waits until it is gone. */
  remove({ branchId, ...project }: PreviewProject): Promise<void> {
    const options = { again: "npm run pr -- prune" };
    return branchId === undefined
      ? removeProject(this.#platform, project, options)
      : removeBranch(this.#platform, { ...project, branchId }, options);
  }
}

/** The cloud previews live in: the local one's organization for previews, or the account of SUPABASE_ACCESS_TOKEN. */
export function previewCloud(project: string, local: Management | undefined, env = process.env): PreviewCloud {
  const platform = local ?? hostedPlatform(env);
  if (!platform)
    throw new Error("Looking for previews failed: SUPABASE_ACCESS_TOKEN is not set. Set it and try again.");
  return new PreviewCloud({ ...platform, project });
}
