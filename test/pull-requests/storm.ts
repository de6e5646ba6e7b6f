import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LocalCloud, resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { organizationOf, organizations } from "../../operations/session/organizations.ts";
import { random } from "../campaign/random.ts";
import type { Finished } from "../support/run.ts";
import { type Footprint, footprintOf, projectFolders, runningClusters } from "./footprint.ts";
import { type Isolation, StormRepository } from "./storm-repository.ts";

export interface StormOptions {
  readonly events: number;
  readonly seed: number;
  /** How many pull requests each repository has. Default 12. */
  readonly numbers?: number;
  /** Share of events that are killed. Default 0.3. */
  readonly crashes?: number;
  /** No event begins after so many minutes: the tally says how many did. Default: no limit. */
  readonly minutes?: number | undefined;
  readonly report: (line: string) => void;
  /** No event begins after it, and the storm fails. */
  readonly stop?: AbortSignal;
}

/** What a storm came to. */
export interface StormTally {
  readonly events: number;
  readonly ups: number;
  readonly downs: number;
  readonly crashes: number;
  /** How often the shared project was paused. */
  readonly pauses: number;
  /** Commands that failed while it was. */
  readonly refused: number;
  readonly open: number;
  readonly seconds: number;
}

const AT_ONCE = 2;
/** The environments that are there throughout. */
const shared = ["prod", "preview"];
/** Of this many events one pauses the shared project. */
const PAUSE_EVERY = 12;
const PAUSE_MS = 4000;
/** Share of events during which GitHub fails, and with what. */
const GITHUB_FAILS = 0.3;
const GITHUB_FAULTS = [403, 502, 502];

/**
 * Opens, updates and closes pull requests of two repositories in one organization at random, with commands killed
 * half-way, GitHub failing and the shared project paused at times, and then looks at what is left.
 */
export async function prStorm(options: StormOptions): Promise<StormTally> {
  const folder = mkdtempSync(join(tmpdir(), "pr-storm-"));
  const dataDir = join(folder, "one");
  try {
    // The daemon of the local cloud must not be among what is killed.
    const cloud = await startLocalCloud({ dataDir, organizations: Object.values(organizations) });
    const one = await StormRepository.open("acme/one", dataDir);
    for (const stack of shared) expectDone(await one.run("up", stack), `up ${stack}`);
    const storm = new Storm(options, cloud, [one, await one.copy("acme/two", join(folder, "two"))]);
    return await storm.pass();
  } finally {
    await resetLocalCloud({ dataDir });
    rmSync(folder, { recursive: true, force: true });
  }
}

class Storm {
  readonly #options: StormOptions;
  readonly #cloud: LocalCloud;
  readonly #repositories: readonly StormRepository[];
  readonly #next: () => number;
  readonly #began = Date.now();
  readonly #counts = { events: 0, ups: 0, downs: 0, crashes: 0, pauses: 0, refused: 0 };
  #isPaused = false;

  constructor(options: StormOptions, cloud: LocalCloud, repositories: readonly StormRepository[]) {
    this.#options = options;
    this.#cloud = cloud;
    this.#repositories = repositories;
    this.#next = random(options.seed);
  }

  async pass(): Promise<StormTally> {
    try {
      const before = await this.#footprints();
      await this.#rage();
      for (const repository of this.#repositories) await this.#settle(repository);
      await this.#noTraces(before);
      const open = this.#repositories.reduce((sum, { open }) => sum + open.size, 0);
      return { ...this.#counts, open, seconds: Math.round((Date.now() - this.#began) / 1000) };
    } finally {
      for (const repository of this.#repositories) await repository.stop();
    }
  }

  #footprints(): Promise<Footprint[]> {
    return Promise.all(shared.map((stack) => footprintOf(this.#cloud.dataDir, stack)));
  }

  /** Events run two at a time; those of one pull request follow each other, as in its concurrency group. */
  async #rage(): Promise<void> {
    let left = this.#options.events;
    const deadline = Date.now() + (this.#options.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
    const worker = async (): Promise<void> => {
      while (left > 0 && Date.now() < deadline && !this.#options.stop?.aborted) {
        const index = this.#options.events - --left;
        this.#counts.events++;
        if (index % PAUSE_EVERY === PAUSE_EVERY / 2) await this.#pause(index);
        else await this.#event(index);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    this.#options.stop?.throwIfAborted();
  }

  async #event(index: number): Promise<void> {
    const { repository, number } = this.#pick();
    const { open, busy } = repository;
    busy.add(number);
    const isOpen = open.has(number);
    const close = isOpen && this.#next() < 0.4;
    if (close) open.delete(number);
    else if (!isOpen) open.set(number, this.#choose());
    const verb = close ? ["down", `${number}`] : ["up", `${number}`, "--isolation", open.get(number) ?? ""];
    const about = `${index}: ${repository.name} ${verb.join(" ")}`;
    this.#counts[close ? "downs" : "ups"]++;
    if (close) repository.forgetPlace(number);
    if (this.#next() < GITHUB_FAILS) repository.failGitHub(GITHUB_FAULTS[Math.floor(this.#next() * 3)] ?? 502);
    if (this.#next() < (this.#options.crashes ?? 0.3)) {
      this.#counts.crashes++;
      const after = Math.round(500 + this.#next() * 7000);
      this.#options.report(`${about}, killed after ${after} ms`);
      repository.forgetPlace(number);
      await repository.killed(verb, after);
    } else await this.#whole(repository, { number, verb, close, about });
    busy.delete(number);
  }

  /** A command that is not killed ends well, or says that the shared project is paused. */
  async #whole(
    repository: StormRepository,
    event: { number: number; verb: readonly string[]; close: boolean; about: string },
  ): Promise<void> {
    const { number, verb, close, about } = event;
    const before = { isPaused: this.#isPaused, pauses: this.#counts.pauses };
    const ended = await repository.run("pr", ...verb, "--comment", "--json");
    this.#options.report(`${about}: ${ended.code} ${ended.stderr.trim().split("\n").at(-1)}`);
    const metPause = before.isPaused || this.#isPaused || before.pauses !== this.#counts.pauses;
    if (ended.code === 0) {
      if (!close) repository.keepsPlace(number, JSON.parse(ended.stdout));
      return;
    }
    if (!metPause || ended.code !== 1) throw failed(about, ended);
    this.#counts.refused++;
    repository.forgetPlace(number);
  }

  /** Pauses the shared project for a while. */
  async #pause(index: number): Promise<void> {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#counts.pauses++;
    this.#options.report(`${index}: the shared project is paused`);
    const ref = await this.#sharedRef();
    await this.#call("POST", `/${ref}/pause`);
    await this.#until(ref, "INACTIVE");
    await sleep(PAUSE_MS);
    await this.#call("POST", `/${ref}/restore`);
    await this.#until(ref, "ACTIVE_HEALTHY");
    this.#isPaused = false;
  }

  #choose(): Isolation {
    const chance = this.#next();
    if (chance < 0.15) return "project";
    return chance < 0.3 ? "branch" : "database";
  }

  #pick(): { repository: StormRepository; number: number } {
    for (;;) {
      const repository = this.#repositories[this.#next() < 0.5 ? 0 : 1];
      const number = 1 + Math.floor(this.#next() * (this.#options.numbers ?? 12));
      if (repository && !repository.busy.has(number)) return { repository, number };
    }
  }

  /** What the next push of each open pull request and the hourly prune do; after it nothing is left to do. */
  async #settle(repository: StormRepository): Promise<void> {
    const { open, name } = repository;
    const up = async (number: number): Promise<{ changed: boolean }> => {
      const ended = await repository.run("pr", "up", `${number}`, "--isolation", open.get(number) ?? "", "--json");
      expectDone(ended, `up ${number} of ${name}`);
      const document = JSON.parse(ended.stdout);
      repository.keepsPlace(number, document);
      return document;
    };
    await twoAtATime([...open.keys()], up);
    const numbers = [...open.keys()].join(",") || "none";
    expectDone(await repository.run("pr", "prune", "--open", numbers, "--grace", "0m"), `prune of ${name}`);
    await twoAtATime([...open.keys()], async (number) => {
      if ((await up(number)).changed) throw new Error(`pull request ${number} of ${name} had not converged`);
    });
    const { previews } = await repository.list();
    const found = previews.map(({ number, state, projects, databases }) => [
      ...[number, state],
      ...projects.map(({ branchId }) => (branchId === undefined ? "project" : "branch")),
      ...databases.map(() => "database"),
    ]);
    const wanted = [...open].sort(([a], [b]) => a - b).map(([number, isolation]) => [number, "ready", isolation]);
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      throw new Error(`${name} has ${JSON.stringify(found)}, and should have ${JSON.stringify(wanted)}`);
    const stray = repository.strayFiles();
    if (stray.length > 0) throw new Error(`files of closed pull requests of ${name} are left: ${stray.join(", ")}`);
  }

  /** Production and the shared project are as they were, but for the databases of what is open and their templates. */
  async #noTraces(before: readonly Footprint[]): Promise<void> {
    const previews = (await Promise.all(this.#repositories.map((repository) => repository.list()))).flatMap(
      (listed) => listed.previews,
    );
    const databases = previews.flatMap((preview) => preview.databases.map(({ name }) => name));
    const [production, inShared] = await this.#footprints();
    const templates = inShared?.databases.filter((name) => name.startsWith("pr_template_")) ?? [];
    const others = inShared?.databases.filter((name) => !databases.includes(name) && !templates.includes(name));
    const left = [production, { ...inShared, databases: others }];
    if (JSON.stringify(left) !== JSON.stringify(before))
      throw new Error(`previews left traces: ${JSON.stringify(left)}; before: ${JSON.stringify(before)}`);
    if (templates.length > this.#repositories.length) throw new Error(`templates are left: ${templates.join(", ")}`);
    const known = previews.flatMap(({ projects }) => projects).length + shared.length;
    const { dataDir } = this.#cloud;
    const there = { running: runningClusters(dataDir), folders: projectFolders(dataDir) };
    if (there.running.length !== known || there.folders.length !== known)
      throw new Error(`there are ${known} projects, and clusters and folders of ${JSON.stringify(there)}`);
    for (const repository of this.#repositories) await repository.noProcesses();
  }

  async #sharedRef(): Promise<string> {
    const projects = (await this.#call("GET", "")) as { ref: string; name: string }[];
    return projects.find(({ name }) => name === "tailfire-preview")?.ref ?? "";
  }

  async #until(ref: string, status: string): Promise<void> {
    while (((await this.#call("GET", `/${ref}`)) as { status: string }).status !== status) await sleep(100);
  }

  async #call(method: string, path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${organizationOf(this.#cloud, "preview").token}` };
    const answer = await fetch(`${this.#cloud.endpoint}/v1/projects${path}`, { method, headers });
    if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text === "" ? undefined : JSON.parse(text);
  }
}

async function twoAtATime<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function expectDone(ended: Finished, what: string): void {
  if (ended.code !== 0) throw failed(what, ended);
}

function failed(what: string, { code, output }: Finished): Error {
  return new Error(`${what} ended with code ${code}: ${output}`);
}
