import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { organizations } from "../../operations/session/organizations.ts";
import { random } from "../campaign/random.ts";
import { type Finished, root, runTask } from "../support/run.ts";
import { type Footprint, footprintOf, projectFolders, runningClusters, strayProcesses } from "./footprint.ts";

export interface StormOptions {
  readonly events: number;
  readonly seed: number;
  /** How many pull requests there are. Default 20. */
  readonly numbers?: number;
  /** Share of events that are killed. Default 0.3. */
  readonly crashes?: number;
  /** No event begins after so many minutes: the tally says how many did. Default: no limit. */
  readonly minutes?: number | undefined;
  readonly report: (line: string) => void;
}

/** What a storm came to. */
export interface StormTally {
  readonly events: number;
  readonly ups: number;
  readonly downs: number;
  readonly crashes: number;
  readonly open: number;
  readonly seconds: number;
}

type Isolation = "project" | "branch" | "database";
interface Listed {
  previews: {
    number: number;
    state: string;
    stack: boolean;
    projects: { ref: string; branchId?: string }[];
    databases: { name: string }[];
  }[];
}

const AT_ONCE = 2;
/** The environments that are there throughout. */
const shared = ["prod", "preview"];

/** Opens, updates and closes pull requests at random, with commands killed half-way, and then looks at what is left. */
export async function prStorm(options: StormOptions): Promise<StormTally> {
  const storm = new Storm(options);
  try {
    await storm.prepare();
    await storm.rage();
    await storm.settle();
    await storm.verify();
    return storm.tally();
  } finally {
    await storm.remove();
  }
}

class Storm {
  readonly #dataDir = mkdtempSync(join(tmpdir(), "pr-storm-"));
  readonly #open = new Map<number, Isolation>();
  readonly #busy = new Set<number>();
  readonly #options: StormOptions;
  readonly #next: () => number;
  readonly #began = Date.now();
  readonly #counts = { events: 0, ups: 0, downs: 0, crashes: 0 };
  #before: readonly Footprint[] = [];

  constructor(options: StormOptions) {
    this.#options = options;
    this.#next = random(options.seed);
  }

  async prepare(): Promise<void> {
    // The daemon of the local cloud must not be among what is killed.
    await startLocalCloud({ dataDir: this.#dataDir, organizations: Object.values(organizations) });
    for (const stack of shared) this.#expectDone(await this.#task("up", [stack]), `up ${stack}`);
    this.#before = await this.#footprints();
  }

  #footprints(): Promise<Footprint[]> {
    return Promise.all(shared.map((stack) => footprintOf(this.#dataDir, stack)));
  }

  /** Events run two at a time; those of one pull request follow each other, as in its concurrency group. */
  async rage(): Promise<void> {
    let left = this.#options.events;
    const deadline = Date.now() + (this.#options.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
    const worker = async (): Promise<void> => {
      while (left > 0 && Date.now() < deadline) {
        left--;
        this.#counts.events++;
        await this.#event(this.#options.events - left);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  async #event(index: number): Promise<void> {
    const number = this.#pick();
    this.#busy.add(number);
    const isOpen = this.#open.has(number);
    const close = isOpen && this.#next() < 0.4;
    if (close) this.#open.delete(number);
    else if (!isOpen) this.#open.set(number, this.#choose());
    const args = close ? ["down", String(number)] : ["up", String(number), "--isolation", this.#open.get(number) ?? ""];
    this.#counts[close ? "downs" : "ups"]++;
    if (this.#next() < (this.#options.crashes ?? 0.3)) {
      this.#counts.crashes++;
      const after = Math.round(500 + this.#next() * 7000);
      this.#options.report(`${index}: ${args.join(" ")}, killed after ${after} ms`);
      await this.#killed(args, after);
    } else {
      const ended = await this.#task("pr", args);
      this.#options.report(`${index}: ${args.join(" ")}: ${ended.stderr.trim().split("\n").at(-1)}`);
      this.#expectDone(ended, args.join(" "));
    }
    this.#busy.delete(number);
  }

  #choose(): Isolation {
    const chance = this.#next();
    if (chance < 0.15) return "project";
    return chance < 0.3 ? "branch" : "database";
  }

  #pick(): number {
    for (;;) {
      const number = 1 + Math.floor(this.#next() * (this.#options.numbers ?? 20));
      if (!this.#busy.has(number)) return number;
    }
  }

  async #killed(args: readonly string[], milliseconds: number): Promise<void> {
    const child = spawn(process.execPath, [join(root, "scripts/setup.mjs"), "--run", "pr", ...args], {
      env: { ...process.env, TAILFIRE_DATA_DIR: this.#dataDir },
      stdio: "ignore",
      detached: true,
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    await Promise.race([sleep(milliseconds), ended]);
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    await ended;
  }

  /** What the next push of each open pull request and the hourly prune do. */
  async settle(): Promise<void> {
    for (const [number, isolation] of this.#open) {
      this.#expectDone(await this.#task("pr", ["up", String(number), "--isolation", isolation]), `up ${number}`);
    }
    const open = [...this.#open.keys()].join(",") || "none";
    this.#expectDone(await this.#task("pr", ["prune", "--open", open, "--grace", "0m"]), "prune");
  }

  async verify(): Promise<void> {
    const listed: Listed = JSON.parse((await this.#task("pr", ["list", "--json"])).stdout);
    const wrong = listed.previews.filter(({ state }) => state !== "ready");
    if (wrong.length > 0) throw new Error(`not ready: ${JSON.stringify(wrong)}`);
    const expected = [...this.#open.entries()].sort(([a], [b]) => a - b);
    const found = listed.previews.map(({ number, projects, databases }) => ({
      number,
      parts: [
        ...projects.map(({ branchId }) => (branchId === undefined ? "project" : "branch")),
        ...databases.map(() => "database"),
      ],
    }));
    const wanted = expected.map(([number, isolation]) => ({ number, parts: [isolation] }));
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      throw new Error(`there is ${JSON.stringify(found)}, and there should be ${JSON.stringify(wanted)}`);
    for (const [number, isolation] of expected) await this.#converged(number, isolation);
    this.#noFiles();
    await this.#noTraces(listed);
    await this.#noProcesses();
  }

  /** Production and the shared project are as they were, but for the databases of what is open and their template. */
  async #noTraces(listed: Listed): Promise<void> {
    const databases = listed.previews.flatMap((preview) => preview.databases.map(({ name }) => name));
    const [production, previews] = await this.#footprints();
    const templates = previews?.databases.filter((name) => name.startsWith("pr_template_")) ?? [];
    const others = previews?.databases.filter((name) => !databases.includes(name) && !templates.includes(name));
    const left = [production, { ...previews, databases: others }];
    if (JSON.stringify(left) !== JSON.stringify(this.#before))
      throw new Error(`previews left traces: ${JSON.stringify(left)}; before: ${JSON.stringify(this.#before)}`);
    if (templates.length > 1) throw new Error(`templates are left: ${templates.join(", ")}`);
    const known = listed.previews.flatMap(({ projects }) => projects).length + shared.length;
    const there = { running: runningClusters(this.#dataDir), folders: projectFolders(this.#dataDir) };
    if (there.running.length !== known || there.folders.length !== known)
      throw new Error(`there are ${known} projects, and clusters and folders of ${JSON.stringify(there)}`);
  }

  async #converged(number: number, isolation: Isolation): Promise<void> {
    const ended = await this.#task("pr", ["up", String(number), "--isolation", isolation, "--json"]);
    this.#expectDone(ended, `up ${number}`);
    const { changed }: { changed: boolean } = JSON.parse(ended.stdout);
    if (changed) throw new Error(`pull request ${number} had not converged: ${ended.stderr}`);
  }

  #noFiles(): void {
    const stacks = readdirSync(join(this.#dataDir, "pulumi/state/.pulumi/stacks/tailfire"));
    const folders = [...stacks, ...readdirSync(join(this.#dataDir, "pulumi"))];
    const numbers = folders.flatMap((file) => /preview-pr-(\d+)/.exec(file)?.[1] ?? []);
    const stray = numbers.filter((number) => !this.#open.has(Number(number)));
    if (stray.length > 0) throw new Error(`files of closed pull requests are left: ${[...new Set(stray)].join(", ")}`);
  }

  /** Engines and plugins of killed commands end by themselves; given a moment, none is left. */
  async #noProcesses(): Promise<void> {
    for (let tries = 0; ; tries++) {
      const left = strayProcesses(this.#dataDir);
      if (left.length === 0) return;
      if (tries === 40) throw new Error(`processes are left: ${left.join("; ")}`);
      await sleep(250);
    }
  }

  tally(): StormTally {
    return { ...this.#counts, open: this.#open.size, seconds: Math.round((Date.now() - this.#began) / 1000) };
  }

  async remove(): Promise<void> {
    await resetLocalCloud({ dataDir: this.#dataDir });
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  #task(task: string, args: readonly string[]): Promise<Finished> {
    return runTask(task, args, { dataDir: this.#dataDir });
  }

  #expectDone(ended: Finished, what: string): void {
    if (ended.code !== 0) throw new Error(`${what} ended with code ${ended.code}: ${ended.output}`);
  }
}
