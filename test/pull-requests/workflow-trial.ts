import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import postgres from "postgres";
import { expect } from "vitest";
import { resolveEngine } from "../../engine/resolve.ts";
import { type LocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { organizations } from "../../operations/session/organizations.ts";
import { run } from "../support/run.ts";
import { TrialCheckout } from "./checkout.ts";
import { type GitHubStandIn, startGitHub } from "./stand-in.ts";
import { readWorkflow, runJob, type Values } from "./workflow.ts";

export const production = readWorkflow("production");

/** A repository with its secrets, a cloud and a stand-in for GitHub: what the jobs of the workflows run in. */
export class WorkflowTrial {
  private constructor(
    readonly checkout: TrialCheckout,
    readonly cloud: LocalCloud,
    readonly gitHub: GitHubStandIn,
    readonly previewSecrets: Values,
    readonly productionSecrets: Values,
    /** What every runner sets; the Supabase endpoint is what makes the hosted form meet the local cloud. */
    readonly runner: Values,
  ) {}

  static async start(): Promise<WorkflowTrial> {
    const checkout = new TrialCheckout("workflows");
    const cloud = await startLocalCloud({ dataDir: checkout.dataDir, organizations: Object.values(organizations) });
    const gitHub = await startGitHub();
    const identity = await generateX25519Identity();
    for (const [stack, name] of [
      ["prod", organizations.production],
      ["preview", organizations.previews],
    ] as const) {
      const text = checkout.read(`Pulumi.${stack}.yaml`).replace(name, organizationOf(cloud, name).slug);
      const recipients = `  tailfire:handOffRecipients: ${await identityToRecipient(identity)}\n`;
      checkout.write(`Pulumi.${stack}.yaml`, stack === "prod" ? text + recipients : text);
    }
    checkout.commit("Name who may read the catalog");
    const previewSecrets = {
      ...secretsOf(checkout, "previews-state", organizationOf(cloud, organizations.previews).token),
      "secrets.HAND_OFF_IDENTITY": identity,
    };
    const { token } = organizationOf(cloud, organizations.production);
    const productionSecrets = secretsOf(checkout, "production-state", token);
    const runner = {
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: gitHub.apiUrl,
      GITHUB_REPOSITORY: gitHub.repository,
      GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
      SUPABASE_API_ENDPOINT: cloud.endpoint,
      TAILFIRE_DATA_DIR: checkout.dataDir,
      ...(process.env.TAILFIRE_CACHE_DIR ? { TAILFIRE_CACHE_DIR: process.env.TAILFIRE_CACHE_DIR } : {}),
    };
    return new WorkflowTrial(checkout, cloud, gitHub, previewSecrets, productionSecrets, runner);
  }

  async remove(): Promise<void> {
    await this.gitHub.stop();
    await this.checkout.remove();
  }

  organization(name: string): { token: string; slug: string } {
    return organizationOf(this.cloud, name);
  }

  pullRequest(number: number): Values {
    return {
      "github.event.pull_request.number": String(number),
      "github.token": this.gitHub.token,
      "vars.PULUMI_ORGANIZATION": "",
    };
  }

  async projectsOf(name: string): Promise<string[]> {
    const answer = await fetch(`${this.cloud.endpoint}/v1/projects`, {
      headers: { authorization: `Bearer ${this.organization(name).token}` },
    });
    return ((await answer.json()) as { name: string }[]).map((project) => project.name);
  }

  /** Runs the job plan, and reads what it put out. */
  async planRelease(): Promise<{ plan: string; outputs: Values }> {
    const { checkout, productionSecrets: values } = this;
    const output = join(checkout.dataDir, "github-output");
    writeFileSync(output, "");
    const summary = join(checkout.dataDir, "summary.md");
    const runner = { ...this.runner, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
    const planned = await runJob({ workflow: production, job: "plan", values, runner, cwd: checkout.folder });
    expect(planned.code, planned.output).toBe(0);
    const outputs = Object.fromEntries(
      readFileSync(output, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split("=", 2) as [string, string]),
    );
    return { plan: planned.output, outputs };
  }

  /** Runs plan and, with what it put out, apply. */
  async release(): Promise<{ plan: string; apply: string; outputs: Values }> {
    const { runner, checkout } = this;
    const { plan, outputs } = await this.planRelease();
    const values = { ...this.productionSecrets, "needs.plan.outputs.digest": outputs.digest ?? "" };
    const applied = await runJob({ workflow: production, job: "apply", values, runner, cwd: checkout.folder });
    expect(applied.code, applied.output).toBe(0);
    return { plan, apply: applied.output, outputs };
  }

  /** Runs `work` as role `postgres` of a stack, whose outputs are read as a person would. */
  async onStack<T>(stack: string, secrets: Values, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
    return this.as(await this.loginOf(stack, secrets), work);
  }

  async loginOf(stack: string, secrets: Values): Promise<TrialLogin> {
    const engine = await resolveEngine();
    const args = ["stack", "output", "--json", "--show-secrets", "--stack", stack, "--cwd", this.checkout.folder];
    const { stdout } = await run(engine.path, args, {
      PULUMI_BACKEND_URL: secrets["secrets.PULUMI_BACKEND_URL"] ?? "",
      PULUMI_CONFIG_PASSPHRASE: secrets["secrets.PULUMI_CONFIG_PASSPHRASE"] ?? "",
    });
    const { ref, host, port, user, database, databasePassword } = JSON.parse(stdout);
    return { ref, host, port, user, database, password: databasePassword };
  }

  /** Pauses or restores a project, and waits until it is that. */
  async changeProject(
    organization: string,
    { ref, verb, until }: { readonly ref: string; readonly verb: "pause" | "restore"; readonly until: string },
  ): Promise<void> {
    const headers = { authorization: `Bearer ${this.organization(organization).token}` };
    const url = `${this.cloud.endpoint}/v1/projects/${ref}`;
    expect((await fetch(`${url}/${verb}`, { method: "POST", headers })).ok).toBe(true);
    const status = async () => ((await (await fetch(url, { headers })).json()) as { status: string }).status;
    await expect.poll(status, { timeout: 60_000 }).toBe(until);
  }

  async as<T>({ ref: _, ...login }: TrialLogin, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
    const sql = postgres({ ...login, ssl: "require", max: 1 });
    try {
      return await work(sql);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
}

interface TrialLogin {
  readonly ref: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
}

function organizationOf(cloud: LocalCloud, name: string): { token: string; slug: string } {
  const { token = "", slug = "" } = cloud.organizations.find((found) => found.name === name) ?? {};
  return { token, slug };
}

function secretsOf(checkout: TrialCheckout, state: string, token: string): Values {
  const folder = join(checkout.dataDir, state);
  mkdirSync(folder, { recursive: true });
  return {
    "secrets.PULUMI_BACKEND_URL": `file://${folder}`,
    "secrets.PULUMI_CONFIG_PASSPHRASE": randomBytes(16).toString("hex"),
    "secrets.SUPABASE_ACCESS_TOKEN": token,
  };
}
