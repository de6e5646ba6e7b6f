import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import {
  Apikey,
  ApiSettings,
  AuthSettings,
  Branch,
  EdgeFunctionSecrets,
  getApikeysOutput,
  getBranchOutput,
  getHealthOutput,
  getOrganizations,
  getPoolerOutput,
  getProjectOutput,
  NetworkRestrictions,
  PoolerSettings,
  PostgresSettings,
  Project,
  type ProjectArgs,
  SslEnforcement,
  StorageSettings,
} from "@pulumi/supabase";

/** Every address, in two words. */
const EVERYWHERE = ["0.0.0.0/0", "::/0"];
const IN_HALVES = ["0.0.0.0/1", "128.0.0.0/1", "::/0"];

/** One of the two values a property has in turn. */
type Pick = <Value>(first: Value, second: Value) => Value;

/** A project that stands alone; `importing` takes over one that exists, and leaves it where it is when destroyed. */
export function projectProgram(args: ProjectArgs, importing?: string): PulumiFn {
  return async () => {
    const { ref } = new Project("other", args, importing ? { import: importing, retainOnDelete: true } : {});
    return { ref };
  };
}

/**
 * A project with every other resource of the Management API, and what every function answers.
 * @param options.pick which of its two values each property has
 */
export function everyResource(options: {
  readonly args: ProjectArgs;
  readonly pick: Pick;
  readonly branch: boolean;
}): PulumiFn {
  const { args, pick, branch } = options;
  return async () => {
    const { ref } = new Project("other", { ...args, legacyApiKeysEnabled: pick(true, false) });
    const of = { projectRef: ref };
    new ApiSettings("other", { ...of, maxRows: pick(500, 600), dbSchema: pick("public,graphql_public", "public") });
    new AuthSettings("other", {
      ...of,
      siteUrl: pick("https://one.example", "https://two.example"),
      jwtExp: pick(1800, 2400),
      smtpHost: "smtp.example",
      smtpPort: "587",
      smtpUser: "verify",
      smtpAdminEmail: "verify@one.example",
      smtpPass: pick("only-verified-1", "only-verified-2"),
    });
    new PostgresSettings("other", { ...of, statementTimeout: pick("60s", "90s"), workMem: pick("4MB", "8MB") });
    new PoolerSettings("other", { ...of, defaultPoolSize: pick(10, 12) });
    new StorageSettings("other", { ...of, fileSizeLimit: pick(10_485_760, 20_971_520) });
    new NetworkRestrictions("other", { ...of, restrictions: pick(EVERYWHERE, IN_HALVES) });
    new SslEnforcement("other", { ...of, enforced: pick(true, false) });
    new Apikey("other", { ...of, name: "verify_worker", description: pick("first", "second") });
    new EdgeFunctionSecrets("other", { ...of, secrets: [{ name: "VERIFY", value: pick("one", "two") }] });
    if (branch) new Branch("other", { parentProjectRef: ref, gitBranch: "verify", persistent: pick(true, false) });
    return { ref, answers: answers(ref) };
  };
}

function answers(ref: Project["ref"]) {
  return {
    project: getProjectOutput({ projectRef: ref }),
    organizations: getOrganizations(),
    pooler: getPoolerOutput({ projectRef: ref }).url,
    keys: getApikeysOutput({ projectRef: ref }),
    health: getHealthOutput({ projectRef: ref }),
    branches: getBranchOutput({ parentProjectRef: ref }).branches,
  };
}
