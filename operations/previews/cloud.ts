import type { Management } from "../../providers/management/access.ts";
import {
  hostedPlatform,
  type ListedBranch,
  type ListedProject,
  listBranches,
  listProjects,
  removeBranch,
  removeProject,
  renameBranch,
  renameProject,
} from "../platform/account.ts";
import {
  branchNameOf,
  projectNameOf,
  type ReservedName,
  readBranchName,
  readProjectName,
} from "../session/stack-names.ts";

/** A project, or a branch of the shared preview project, whose name is of the reserved form. */
export interface PreviewProject extends ListedProject, ReservedName, Partial<Pick<ListedBranch, "branchId">> {}

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
      const found = readProjectName(this.#project, project.name);
      return found ? [{ ...project, ...found }] : [];
    });
    const branches = sharedRef === undefined ? [] : await listBranches(this.#platform, sharedRef);
    const named = branches.flatMap((branch) => {
      const found = readBranchName(branch.name);
      return found ? [{ ...branch, ...found }] : [];
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

  /** Puts a mark into the name of a project or a branch. @returns its name now */
  async mark({ ref, branchId, number }: PreviewProject, mark: string): Promise<string> {
    const name = branchId === undefined ? projectNameOf(this.#project, number, mark) : branchNameOf(number, mark);
    await (branchId === undefined
      ? renameProject(this.#platform, ref, name)
      : renameBranch(this.#platform, branchId, name));
    return name;
  }
}

/** The cloud previews live in: the local one's organization for previews, or the account of SUPABASE_ACCESS_TOKEN. */
export function previewCloud(project: string, local: Management | undefined, env = process.env): PreviewCloud {
  const platform = local ?? hostedPlatform(env);
  if (!platform)
    throw new Error("Looking for previews failed: SUPABASE_ACCESS_TOKEN is not set. Set it and try again.");
  return new PreviewCloud({ ...platform, project });
}
