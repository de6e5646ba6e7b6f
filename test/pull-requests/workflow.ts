import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Finished, root } from "../support/run.ts";

export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
  readonly env?: Record<string, string>;
}

export interface Job {
  readonly if?: string;
  readonly environment?: { readonly name: string } | string;
  readonly permissions?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions: Record<string, string>;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean | string };
  readonly env?: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

/** Reads one of the project's workflows. */
export function readWorkflow(name: string): Workflow {
  return parse(readFileSync(join(root, ".github/workflows", `${name}.yml`), "utf8"));
}

/** What expressions such as `secrets.TOKEN` stand for. */
export type Values = Readonly<Record<string, string>>;

/** Puts in what expressions stand for. @throws for one that no value was given for, as a typing error would be. */
function evaluate(text: string, values: Values): string {
  return String(text).replaceAll(/\$\{\{\s*([^}]+?)\s*\}\}/g, (_, expression: string) => {
    const value = values[expression];
    if (value === undefined) throw new Error(`no value for the expression ${expression}`);
    return value;
  });
}

/** The environment a job's step runs in: nothing of this process but what a runner has. */
export function stepEnvironment(options: {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly step: Step;
  readonly values: Values;
  readonly runner: Values;
}): Record<string, string> {
  const { workflow, job, step, values, runner } = options;
  const given = { ...workflow.env, ...job.env, ...step.env };
  const env = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, evaluate(text, values)]));
  const { PATH = "", HOME = "", TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), CI: "true", ...runner, ...env };
}

/**
 * Runs the `run:` lines of a job, in order, as the runner does: bash -e -o pipefail. After one that failed only those run
 * whose `if:` says `!cancelled()`; what else an `if:` says has to be a comparison of a value with a text.
 */
export async function runJob(options: {
  readonly workflow: Workflow;
  readonly job: string;
  readonly values: Values;
  readonly runner: Values;
  readonly cwd: string;
}): Promise<Finished> {
  const { workflow, values, runner, cwd } = options;
  const job = workflow.jobs[options.job];
  if (!job) throw new Error(`the workflow has no job ${options.job}`);
  let last: Finished = { code: 0, stdout: "", stderr: "", output: "" };
  for (const step of job.steps) {
    if (step.run === undefined || !isToRun(step, { values, failed: last.code !== 0 })) continue;
    const env = stepEnvironment({ workflow, job, step, values, runner });
    const ended = await bash(step.run, { cwd, env });
    last = {
      ...ended,
      output: last.output + ended.output,
      stdout: last.stdout + ended.stdout,
      stderr: last.stderr + ended.stderr,
      code: last.code || ended.code,
    };
  }
  return last;
}

function isToRun(step: Step, { values, failed }: { readonly values: Values; readonly failed: boolean }): boolean {
  const condition = (step.if ?? "").replace(/^\$\{\{\s*(.*?)\s*\}\}$/, "$1");
  if (failed && !condition.includes("!cancelled()")) return false;
  return condition
    .split("&&")
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "!cancelled()")
    .every((part) => {
      const [, name = "", text] = /^([\w.-]+) == '(.*)'$/.exec(part) ?? [];
      if (text === undefined) throw new Error(`the condition ${part} is not understood`);
      return evaluate(`\${{ ${name} }}`, values) === text;
    });
}

function bash(script: string, options: { cwd: string; env: Record<string, string> }): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script], {
      ...options,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const texts = { stdout: "", stderr: "", output: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        texts[stream] += text;
        texts.output += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...texts }));
  });
}
