import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi/index.js";
import type { Progress } from "../../engine/events.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack, type StackOptions } from "../../engine/stack.ts";

/** A resource that needs no plugin. */
export class Marker extends ComponentResource {
  constructor(name: string, options?: ComponentResourceOptions) {
    super("test:index:Marker", name, {}, options);
  }
}

/** A project of its own in a git repository of its own, with the data folder inside, as in a checkout. */
export class TrialProject {
  readonly root: string;
  readonly dataDir: string;
  /** Every line of progress since the project was made. */
  readonly lines: string[] = [];

  private constructor(root: string) {
    this.root = root;
    this.dataDir = join(root, ".data");
  }

  /** @param files written into the project folder, next to its Pulumi.yaml. @param within where that folder lies */
  static async create(files: Record<string, string> = {}, within = tmpdir()): Promise<TrialProject> {
    // A blank in the path: nothing may take it apart.
    const project = new TrialProject(join(await mkdtemp(join(within, "engine-stack-")), "check out"));
    const all = { "Pulumi.yaml": "name: trial\nruntime: nodejs\n", ".gitignore": "/.data/\n", ...files };
    await mkdir(project.root);
    for (const [name, text] of Object.entries(all)) await writeFile(join(project.root, name), text);
    project.git("init", "-q");
    project.git("add", ".");
    return project;
  }

  open(program: PulumiFn, options: Partial<StackOptions> = {}): Promise<EnvironmentStack> {
    return openStack({
      stack: "prod",
      cloud: "local",
      program,
      projectDir: this.root,
      dataDir: this.dataDir,
      onProgress: (progress) => this.#note(progress),
      ...options,
    });
  }

  git(...args: string[]): string {
    return execFileSync("git", ["-C", this.root, ...args], { encoding: "utf8" });
  }

  async remove(): Promise<void> {
    await rm(join(this.root, ".."), { recursive: true, force: true });
  }

  #note(progress: Progress): void {
    if (progress.kind === "line" || progress.kind === "message") this.lines.push(progress.text);
  }
}
