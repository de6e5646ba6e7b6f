import { rangesOf } from "../../providers/database/connection/restrictions.ts";
import type { Management } from "../../providers/management/access.ts";
import { ask, bodyOf, describe, failureOf, type LastAnswer, succeeded } from "../../providers/management/ask.ts";
import { type Diagnosis, look } from "./finding.ts";

const TIMEOUT_MS = 15_000;

/** What a token has to be allowed to read of a project, and what for. */
const SCOPES = [
  ["/api-keys", "outputs with the project's keys"],
  ["/config/database/pooler", "addresses of the poolers"],
  ["/billing/addons", "instanceSize"],
  ["/config/auth", "AuthSettings"],
  ["/network-restrictions", "NetworkRestrictions"],
  ["/secrets", "EdgeFunctionSecrets"],
  ["/branches", "Branch"],
] as const;

/** Whatever the API answers. @throws ApiError where it does not */
async function get(platform: Management, path: string): Promise<LastAnswer> {
  const answer = await ask(platform, { method: "GET", path, timeoutMs: TIMEOUT_MS });
  if (answer.status === 0) throw failureOf(answer);
  return answer;
}

/** Token, organizations, number of projects and what is left of the rate limit. */
export function checkPlatform(platform: Management): Promise<Diagnosis[]> {
  const next = `Is ${platform.endpoint} the Management API, and reached from here?`;
  return look("management API", next, async () => {
    const organizations = await get(platform, "/v1/organizations");
    if (organizations.status === 401) {
      const next = "Set SUPABASE_ACCESS_TOKEN to a current token of a member of the organization.";
      return [
        { check: "token", level: "error", found: `refused by ${platform.endpoint}: ${describe(organizations)}`, next },
      ];
    }
    const names = namesOf(bodyOf(organizations));
    const projects = await get(platform, "/v1/projects");
    const left = projects.requestsLeft;
    return [
      { check: "token", level: "ok", found: `accepted by ${platform.endpoint}` },
      names.length > 0
        ? { check: "organizations", level: "ok", found: names.join(", ") }
        : { check: "organizations", level: "error", found: "none", next: "Use a token of a member of one." },
      succeeded(projects)
        ? {
            check: "projects",
            level: "note",
            found: `${countOf(projects)}; a free organization may have 2 that are active`,
          }
        : { check: "projects", level: "error", found: describe(projects), next: "Use a token that may list them." },
      left === undefined
        ? { check: "rate limit", level: "note", found: "not told; 60 requests a minute are sent at most" }
        : { check: "rate limit", level: left < 10 ? "warning" : "ok", found: `${left} requests left` },
    ];
  });
}

/** The project, and what the token may read of it. */
export async function checkProject(platform: Management, ref: string): Promise<Diagnosis[]> {
  const project = await look("project", "Run refresh, then up.", async () => {
    const project = await get(platform, `/v1/projects/${ref}`);
    const { status } = project;
    // A branch answers below /v1/projects/REF only.
    const branch = status === 404 ? await get(platform, `/v1/branches/${ref}`) : undefined;
    if (branch?.status === 200) return [stateFinding(`the branch ${ref}`, String((bodyOf(branch) as Live).status))];
    if (status !== 200) {
      const next = status === 404 ? "It was deleted: run refresh, then up." : "Use a token of its organization.";
      return [{ check: "project", level: "error", found: `${ref}: the API answers ${describe(project)}`, next }];
    }
    const { name, status: live, region } = bodyOf(project) as Live & { name: string; region: string };
    return [stateFinding(`${ref} "${name}" in ${region}`, live)];
  });
  const scopes = await look("scopes", "Run doctor again.", async () => {
    const answers = await Promise.all(SCOPES.map(([path]) => get(platform, `/v1/projects/${ref}${path}`)));
    return SCOPES.flatMap(([path, use], index): Diagnosis[] => {
      const answer = answers[index];
      if (!answer || succeeded(answer) || answer.status === 404) return [];
      if (answer.status === 501)
        return [{ check: "scopes", level: "note", found: `${path} is not served here (${use})` }];
      const next = `Needed for ${use}: give the token that scope, or do without.`;
      return [{ check: "scopes", level: "warning", found: `${path}: ${describe(answer)}`, next }];
    });
  });
  return [...project, ...(scopes.length > 0 ? scopes : [{ check: "scopes", level: "ok" as const, found: "all read" }])];
}

/** The version of a project's database as the API names it; empty where it does not say, as for a branch. */
export async function imageOf(platform: Management, ref: string): Promise<string> {
  const answer = await get(platform, `/v1/projects/${ref}`).catch(() => undefined);
  const body = answer && succeeded(answer) ? (bodyOf(answer) as { database?: { version?: unknown } }) : undefined;
  return typeof body?.database?.version === "string" ? body.database.version : "";
}

interface Live {
  status: string;
}

function stateFinding(what: string, live: string): Diagnosis {
  const found = `${what} is ${live}`;
  return live === "ACTIVE_HEALTHY"
    ? { check: "project", level: "ok", found }
    : { check: "project", level: "error", found, next: "Restore it if it is paused, else wait; then run up." };
}

/** Whether a database can be read through the API, for where its port cannot be reached. Runs `select 1`. */
export function checkHttps(platform: Management, ref: string): Promise<Diagnosis[]> {
  const check = "SQL over HTTPS";
  return look(check, `Is ${platform.endpoint} the Management API, and reached from here?`, async () => {
    const path = `/v1/projects/${ref}/database/query/read-only`;
    const request = { method: "POST", path, body: { query: "select 1" }, timeoutMs: TIMEOUT_MS } as const;
    const answer = await ask(platform, request);
    if (answer.status === 0) throw failureOf(answer);
    if (succeeded(answer)) return [{ check, level: "ok", found: "reads, for where 5432 cannot be reached" }];
    const next = "Only needed where 5432 cannot be reached: give the token the scope to read databases.";
    return [{ check, level: "note", found: `the API answers ${describe(answer)}`, next }];
  });
}

/** The ranges a project's network restrictions admit; none where everybody may connect, or nothing can be read. */
export async function admittedRanges(platform: Management, ref: string): Promise<string[]> {
  const answer = await get(platform, `/v1/projects/${ref}/network-restrictions`).catch(() => undefined);
  return answer && succeeded(answer) ? rangesOf(bodyOf(answer)) : [];
}

/** Where a project's own PgBouncer listens; undefined where the API names none. */
export async function bouncerAddress(
  platform: Management,
  ref: string,
): Promise<{ readonly host: string; readonly port: number } | undefined> {
  const answer = await get(platform, `/v1/projects/${ref}/config/database/pgbouncer`).catch(() => undefined);
  if (!answer || !succeeded(answer)) return undefined;
  const { connection_string: text = "" } = bodyOf(answer) as { connection_string?: string };
  const [, host, port] = /@([^:/@]+):(\d+)\//.exec(text) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** What restrictions mean for who connects; nothing where there are none. `logins` are the findings of `checkLogin`. */
export function explainRestrictions(ranges: readonly string[], logins: readonly Diagnosis[]): Diagnosis[] {
  if (ranges.length === 0) return [...logins];
  const found = `network restrictions admit only ${ranges.join(", ")}`;
  const next = `The project's ${found}: is this machine's address among them?`;
  return [
    { check: "network", level: "note", found },
    ...logins.map((one) => (one.level === "error" ? { ...one, next } : one)),
  ];
}

function countOf(answer: LastAnswer): number {
  const body = bodyOf(answer);
  return Array.isArray(body) ? body.length : 0;
}

function namesOf(body: unknown): string[] {
  return Array.isArray(body) ? body.map(({ slug, name }: { slug: string; name: string }) => `${name} (${slug})`) : [];
}
