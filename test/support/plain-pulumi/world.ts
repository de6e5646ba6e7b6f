import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalCloud, resetLocalCloud, startLocalCloud } from "../../../local/cloud.ts";
import { organizations } from "../../../operations/session/organizations.ts";
import type { Finished } from "../run.ts";
import { completeCli } from "./cli.ts";
import { cloneInto } from "./clone.ts";
import { watchNetwork } from "./watch.ts";

/** A fresh clone, a local cloud and the CLI of Pulumi, as a new user has them. */
export interface World {
  /** The clone; nothing is installed in it. */
  readonly checkout: string;
  readonly cloud: LocalCloud;
  /** For the state backend, as `pulumi login` takes it. */
  readonly backend: string;
  /** Sets a variable for all later commands. */
  set(name: string, value: string): void;
  /** Runs a line of shell in the clone. */
  shell(line: string): Promise<Finished>;
  /**
   * The same on a terminal that gives no answer, where one can be had: what asks there does not end, and is ended
   * after a minute with code 124.
   */
  terminal(line: string): Promise<Finished>;
  /** Runs `pulumi` in the clone. */
  pulumi(...args: string[]): Promise<Finished>;
  /** What the commands so far asked for that is neither on loopback nor the package registry. */
  strangers(): string[];
  remove(): Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "plain-pulumi-"));
  const [checkout, traces, state, dataDir] = ["checkout", "traces", "state", "data"].map((name) => join(folder, name));
  if (!checkout || !traces || !state || !dataDir) throw new Error("unreachable");
  for (const path of [checkout, traces, state]) mkdirSync(path);
  cloneInto(checkout);
  const [cli, watch, cloud] = await Promise.all([
    completeCli(),
    watchNetwork(traces),
    startLocalCloud({ dataDir, organizations: Object.values(organizations) }),
  ]);
  console.log(`Plain Pulumi: ${cli.description}`);
  const env: Record<string, string> = {
    PATH: cli.path,
    PULUMI_HOME: join(folder, "home"),
    // The CLI asks Pulumi for its newest version otherwise: that is between the user and Pulumi.
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_SKIP_CONFIRMATIONS: "true",
    SUPABASE_API_ENDPOINT: cloud.endpoint,
  };
  const watched = (command: readonly string[]): Promise<Finished> => watch.run(command, { env, cwd: checkout });
  return {
    checkout,
    cloud,
    backend: `file://${state}`,
    set: (name, value) => void Object.assign(env, { [name]: value }),
    shell: (line) => watched(["sh", "-c", line]),
    terminal: (line) => watched(onTerminal(line)),
    pulumi: (...args) => watched(["pulumi", ...args, "--non-interactive"]),
    strangers: watch.strangers,
    async remove() {
      watch.close();
      await resetLocalCloud({ dataDir });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `script` of util-linux gives a command a terminal. */
function onTerminal(line: string): string[] {
  if (process.platform !== "linux") return ["sh", "-c", line];
  return ["timeout", "60", "env", "TERM=xterm", "script", "-qec", line, "/dev/null"];
}
