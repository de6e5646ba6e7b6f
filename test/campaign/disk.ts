import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { secret } from "@pulumi/pulumi/index.js";
import { localStackTraces } from "../../engine/list.ts";
import { resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { organizations } from "../../operations/session/organizations.ts";
import { runTask } from "../support/run.ts";
import { Marker, TrialProject } from "../support/trial-project.ts";
import { openFolder } from "./own-folder.ts";
import { random } from "./random.ts";
import { SmallDisk } from "./small-disk.ts";

/** What rounds on a full or read-only disk came to. */
export interface DiskTally {
  rounds: number;
  /** Commands that failed while the disk did. */
  failed: number;
  /** Rounds with the program of this project, on the local cloud. */
  whole: number;
}

const MEGABYTES = 64;
/** One round of so many is a whole environment. */
const WHOLE_EVERY = 10;
const SECRET = "only for this campaign";
/** Files that are begun and renamed: none is left after a command that ended well. */
const UNFINISHED = /\.(tmp|part)$|\.yaml\.\d+$/;

interface Options {
  readonly rounds: number;
  readonly seed: number;
  /** Only this round, counted from 1. */
  readonly only?: number | undefined;
  readonly report?: (line: string) => void;
  /** Ends it before the next round. */
  readonly stop?: AbortSignal;
}

/**
 * Per round: an `up` while the disk of the data folder becomes full or read-only at a random moment. Once the disk is well
 * the next `up` has to succeed by itself, the one after has nothing to do, secrets are readable and nothing unfinished is
 * left. @returns the reason where no disk can be mounted @throws Error for the first round that does not end so
 */
export async function diskFaults({ rounds, seed, only, report, stop }: Options): Promise<DiskTally | string> {
  const folder = await openFolder("disk-campaign", release);
  try {
    const disk = await SmallDisk.open(diskIn(folder.path), MEGABYTES);
    if (typeof disk === "string") return disk;
    const trial = new DiskTrial(disk, await TrialProject.create({}, folder.path));
    for (let number = only ?? 1; number <= (only ?? rounds); number++) {
      stop?.throwIfAborted();
      // Postgres writes elsewhere: what a full disk does to it is its own affair.
      if (number % WHOLE_EVERY === 0 && trial.tally.whole === 0) await trial.addCloud(folder.path);
      const line = await trial.round(number, random(seed * 1000 + number)).catch((error: Error) => {
        throw new Error(`round ${number} of seed ${seed}: ${error.message}`, { cause: error });
      });
      report?.(`round ${number}: ${line}`);
    }
    return trial.tally;
  } finally {
    await folder.remove();
  }
}

const diskIn = (folder: string) => join(folder, "disk");

/** Stops what runs in the folder of a campaign, and unmounts its disk. */
async function release(folder: string): Promise<void> {
  await SmallDisk.heal(diskIn(folder)).catch(() => undefined);
  await resetLocalCloud({ dataDir: diskIn(folder) });
  await SmallDisk.release(diskIn(folder));
}

class DiskTrial {
  readonly tally: DiskTally = { rounds: 0, failed: 0, whole: 0 };
  /** Stacks that stay for later rounds, with the number of resources they have. */
  readonly #stacks = new Map<string, number>();

  constructor(
    readonly disk: SmallDisk,
    readonly project: TrialProject,
  ) {}

  async addCloud(folder: string): Promise<void> {
    await mkdir(join(folder, "cloud"));
    await symlink(join(folder, "cloud"), join(this.disk.folder, "cloud"));
    await startLocalCloud({ dataDir: this.disk.folder, organizations: Object.values(organizations) });
  }

  async round(number: number, next: () => number): Promise<string> {
    const whole = number % WHOLE_EVERY === 0;
    const kind = next() < 0.5 ? "ENOSPC" : "EROFS";
    const afterMs = Math.round(next() * (whole ? 6000 : 2500));
    const known = [...this.#stacks.keys()];
    const name = known.length > 0 && next() < 0.5 ? (known[Math.floor(next() * known.length)] ?? "") : `s${number}`;
    const leaving = Math.floor(next() * 65_536);
    const failure = await this.#whileFailing({ kind, afterMs, leaving }, () =>
      whole ? this.#command("up", "prod") : this.#up(name, 1 + (this.#stacks.get(name) ?? 0)),
    );
    this.tally.rounds++;
    if (failure) this.tally.failed++;
    if (whole) await this.#checkWhole();
    else await this.#check(name);
    const how = failure ? `failed: ${failure.split("\n")[0]?.slice(0, 160)}` : "done";
    return `${whole ? "prod" : name}, ${kind} after ${afterMs} ms: ${how}`;
  }

  /** @returns what `work` failed with; undefined where it did not */
  async #whileFailing(
    trouble: { kind: string; afterMs: number; leaving: number },
    work: () => Promise<unknown>,
  ): Promise<string | undefined> {
    const over = new AbortController();
    const failing = sleep(trouble.afterMs, undefined, { signal: over.signal }).then(
      async () => {
        if (trouble.kind === "EROFS") await this.disk.makeReadOnly(over.signal);
        else this.disk.fill(trouble.leaving);
      },
      () => undefined,
    );
    const failure = await work().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    over.abort();
    await failing;
    await this.disk.heal();
    return failure;
  }

  async #open(name: string, markers: number) {
    const program = async () => {
      for (let index = 0; index < markers; index++) new Marker(`marker-${index}`);
      return { hidden: secret(SECRET) };
    };
    const options = { stack: name, dataDir: this.disk.folder, secretConfig: { hidden: SECRET } };
    return this.project.open(program, options);
  }

  async #up(name: string, markers: number): Promise<void> {
    await (await this.#open(name, markers)).up();
  }

  async #check(name: string): Promise<void> {
    const markers = 1 + (this.#stacks.get(name) ?? 0);
    await this.#up(name, markers);
    const stack = await this.#open(name, markers);
    await stack.up({ expectNoChanges: true });
    const found = (await stack.resources()).filter(({ type }) => type === "test:index:Marker").length;
    const { hidden } = await stack.outputs({ showSecrets: true });
    if (found !== markers || hidden?.value !== SECRET)
      throw new Error(`${name} has ${found} of ${markers} resources, and its secret is ${hidden?.value === SECRET}`);
    this.#stacks.set(name, markers);
    if (this.#stacks.size > 3) await this.#remove([...this.#stacks.keys()][0] ?? "");
    await this.#noTraces();
  }

  async #remove(name: string): Promise<void> {
    const stack = await this.#open(name, 0);
    await stack.destroy();
    await stack.remove();
    this.#stacks.delete(name);
    const traces = await localStackTraces(this.disk.folder);
    if (traces.includes(name)) throw new Error(`stack ${name} was removed and left traces`);
  }

  async #noTraces(): Promise<void> {
    const files = await readdir(join(this.disk.folder, "pulumi"), { recursive: true });
    const left = files.filter((file) => UNFINISHED.test(file) && !file.includes("home"));
    if (left.length > 0) throw new Error(`unfinished files are left: ${left.join(", ")}`);
  }

  async #checkWhole(): Promise<void> {
    await this.#command("up", "prod");
    await this.#command("up", "prod", "--expect-no-changes");
    this.tally.whole++;
    if (this.tally.whole % 3 === 0) await this.#command("destroy", "prod", "--unprotect", "prod");
  }

  async #command(task: string, ...args: string[]): Promise<void> {
    const ended = await runTask(task, args, { dataDir: this.disk.folder });
    if (ended.code !== 0) throw new Error(`${task} ${args.join(" ")} ended with ${ended.code}: ${ended.output}`);
  }
}
