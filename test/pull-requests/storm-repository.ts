import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Finished, killedTask, runTask } from "../support/run.ts";
import { strayProcesses } from "./footprint.ts";
import { type GitHubStandIn, startGitHub } from "./stand-in.ts";

export type Isolation = "project" | "branch" | "database";

/** What `npm run pr -- list --json` says of a repository's own previews. */
export interface Listed {
  readonly mark: string;
  readonly previews: readonly {
    readonly number: number;
    readonly state: string;
    readonly projects: readonly { readonly ref: string; readonly branchId?: string }[];
    readonly databases: readonly { readonly name: string }[];
  }[];
}

/** One of the repositories that have their previews in one organization, with a state and a GitHub of its own. */
export class StormRepository {
  readonly open = new Map<number, Isolation>();
  readonly busy = new Set<number>();
  /** Where the preview of a pull request is, as its last up said; gone where a later command was cut off. */
  readonly #places = new Map<number, string>();

  readonly #gitHub: GitHubStandIn;

  private constructor(
    readonly name: string,
    readonly dataDir: string,
    gitHub: GitHubStandIn,
  ) {
    this.#gitHub = gitHub;
  }

  static async open(name: string, dataDir: string): Promise<StormRepository> {
    return new StormRepository(name, dataDir, await startGitHub({ repository: name }));
  }

  /** Another repository in the same cloud: the states of what is there throughout are its own as well. */
  async copy(name: string, dataDir: string): Promise<StormRepository> {
    mkdirSync(dataDir);
    for (const part of ["pulumi", "hand-off"])
      cpSync(join(this.dataDir, part), join(dataDir, part), { recursive: true });
    symlinkSync(join(this.dataDir, "cloud"), join(dataDir, "cloud"));
    return StormRepository.open(name, dataDir);
  }

  /** GitHub answers the next call with this. */
  failGitHub(status: number): void {
    this.#gitHub.faults.push(status);
  }

  run(task: string, ...args: string[]): Promise<Finished> {
    return runTask(task, args, { dataDir: this.dataDir, env: this.#environment() });
  }

  /** Runs a command of `npm run pr` and kills it, with all that it started. */
  killed(args: readonly string[], milliseconds: number): Promise<void> {
    return killedTask(milliseconds, "pr", args, { dataDir: this.dataDir, env: this.#environment() });
  }

  #environment(): Record<string, string> {
    const { apiUrl, token } = this.#gitHub;
    return { GITHUB_REPOSITORY: this.name, GITHUB_API_URL: apiUrl, GITHUB_TOKEN: token };
  }

  /** @throws Error where the preview is another one than before, though no one removed it */
  keepsPlace(number: number, { ref, database }: { ref: string; database: string }): void {
    const place = `${ref}/${database}`;
    const before = this.#places.get(number);
    if (before !== undefined && before !== place)
      throw new Error(
        `pull request ${number} of ${this.name} was at ${before} and is at ${place}: somebody removed it`,
      );
    this.#places.set(number, place);
  }

  /** A command on it was cut off, or removed it. */
  forgetPlace(number: number): void {
    this.#places.delete(number);
  }

  async list(): Promise<Listed> {
    return JSON.parse((await this.run("pr", "list", "--json")).stdout);
  }

  /** Numbers of which files are left though they are not open. */
  strayFiles(): string[] {
    const stacks = readdirSync(join(this.dataDir, "pulumi/state/.pulumi/stacks/tailfire"));
    const files = [...stacks, ...readdirSync(join(this.dataDir, "pulumi"))];
    const numbers = files.flatMap((file) => /preview-pr-(\d+)/.exec(file)?.[1] ?? []);
    return [...new Set(numbers.filter((number) => !this.open.has(Number(number))))];
  }

  /** Engines and plugins of killed commands end by themselves; given a moment, none is left. */
  async noProcesses(): Promise<void> {
    for (let tries = 0; ; tries++) {
      const left = strayProcesses(this.dataDir);
      if (left.length === 0) return;
      if (tries === 40) throw new Error(`processes are left: ${left.join("; ")}`);
      await sleep(250);
    }
  }

  stop(): Promise<void> {
    return this.#gitHub.stop();
  }
}
