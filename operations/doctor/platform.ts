import { rangesOf } from "../../providers/database/connection/restrictions.ts";
import type { Platform } from "../platform/account.ts";
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

async function get(platform: Platform, path: string): Promise<{ status: number; body: unknown; headers: Headers }> {
  const headers = { authorization: `Bearer ${platform.token}` };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(`${platform.endpoint}${path}`, { headers, signal, redirect: "error" });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text), headers: response.headers };
}

/** Token, organizations, number of projects and what is left of the rate limit. */
export function checkPlatform(platform: Platform): Promise<Diagnosis[]> {
  const next = `Is ${platform.endpoint} the Management API, and reached from here?`;
  return look("management API", next, async () => {
    const organizations = await get(platform, "/v1/organizations");
    if (organizations.status === 401) {
      const mend = "Set SUPABASE_ACCESS_TOKEN to a current token of a member of the organization.";
      return [{ check: "token", level: "error", found: `refused by ${platform.endpoint} (401)`, next: mend }];
    }
    const names = namesOf(organizations.body);
    const projects = await get(platform, "/v1/projects");
    const count = Array.isArray(projects.body) ? projects.body.length : 0;
    const left = projects.headers.get("x-ratelimit-remaining");
    return [
      { check: "token", level: "ok", found: `accepted by ${platform.endpoint}` },
      names.length > 0
        ? { check: "organizations", level: "ok", found: names.join(", ") }
        : { check: "organizations", level: "error", found: "none", next: "Use a token of a member of one." },
      { check: "projects", level: "note", found: `${count}; a free organization may have 2 that are active` },
      left === null
        ? { check: "rate limit", level: "note", found: "not told; 60 requests a minute are sent at most" }
        : { check: "rate limit", level: Number(left) < 10 ? "warning" : "ok", found: `${left} requests left` },
    ];
  });
}

/** The project, and what the token may read of it. */
export async function checkProject(platform: Platform, ref: string): Promise<Diagnosis[]> {
  const project = await look("project", "Run refresh, then up.", async () => {
    const { status, body } = await get(platform, `/v1/projects/${ref}`);
    // A branch answers below /v1/projects/REF only.
    const branch = status === 404 ? await get(platform, `/v1/branches/${ref}`) : undefined;
    if (branch?.status === 200) return [stateFinding(`the branch ${ref}`, String((branch.body as Live).status))];
    if (status !== 200) {
      const next = status === 404 ? "It was deleted: run refresh, then up." : "Use a token of its organization.";
      return [{ check: "project", level: "error", found: `${ref}: the API answers ${status}`, next }];
    }
    const { name, status: live, region } = body as Live & { name: string; region: string };
    return [stateFinding(`${ref} "${name}" in ${region}`, live)];
  });
  const scopes = await look("scopes", "Run doctor again.", async () => {
    const answers = await Promise.all(SCOPES.map(([path]) => get(platform, `/v1/projects/${ref}${path}`)));
    return SCOPES.flatMap(([path, use], index): Diagnosis[] => {
      const status = answers[index]?.status ?? 0;
      if (status < 300 || status === 404) return [];
      if (status === 501) return [{ check: "scopes", level: "note", found: `${path} is not served here (${use})` }];
      const next = `Needed for ${use}: give the token that scope, or do without.`;
      return [{ check: "scopes", level: "warning", found: `${path}: ${status}`, next }];
    });
  });
  return [...project, ...(scopes.length > 0 ? scopes : [{ check: "scopes", level: "ok" as const, found: "all read" }])];
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
export function checkHttps(platform: Platform, ref: string): Promise<Diagnosis[]> {
  const check = "SQL over HTTPS";
  return look(check, `Is ${platform.endpoint} the Management API, and reached from here?`, async () => {
    const response = await fetch(`${platform.endpoint}/v1/projects/${ref}/database/query/read-only`, {
      method: "POST",
      headers: { authorization: `Bearer ${platform.token}`, "content-type": "application/json" },
      body: JSON.stringify({ query: "select 1" }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: "error",
    });
    await response.body?.cancel();
    if (response.ok) return [{ check, level: "ok", found: "reads, for where 5432 cannot be reached" }];
    const next = "Only needed where 5432 cannot be reached: give the token the scope to read databases.";
    return [{ check, level: "note", found: `the API answers ${response.status}`, next }];
  });
}

/** The ranges a project's network restrictions admit; none where everybody may connect, or nothing can be read. */
export async function admittedRanges(platform: Platform, ref: string): Promise<string[]> {
  const { status, body } = await get(platform, `/v1/projects/${ref}/network-restrictions`).catch(() => unread);
  return status === 200 ? rangesOf(body) : [];
}

const unread = { status: 0, body: undefined };

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

function namesOf(body: unknown): string[] {
  return Array.isArray(body) ? body.map(({ slug, name }: { slug: string; name: string }) => `${name} (${slug})`) : [];
}
