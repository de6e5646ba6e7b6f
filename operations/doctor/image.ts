import type { Diagnosis } from "./finding.ts";

/**
 * Images whose supautils (3.2.0 and 3.2.1) crashes the server where `anon`, `authenticated` or `service_role` calls a
 * function that it may not execute. 17.6.1.98 and .113 answer 42501, .104 to .111 crash: supabase/postgres issues 2112 and
 * 2377, supabase/cli issue 6094.
 */
const CRASHING = { release: "17.6.1", after: 98, before: 113 } as const;

/** What is known of the image a project runs, as the Management API names it (`17.6.1.104`). */
export function imageFaults(image: string): Diagnosis[] {
  const [, release, build] = /^(?:supabase-postgres-)?(\d+\.\d+\.\d+)\.(\d+)/.exec(image) ?? [];
  const { after, before } = CRASHING;
  if (release !== CRASHING.release || Number(build) <= after || Number(build) >= before) return [];
  const found =
    `image ${image} crashes, which ends every session, when anon, authenticated or service_role calls a function it may not ` +
    "execute (supautils 3.2.0 and 3.2.1)";
  const next =
    `Upgrade the project's Postgres to ${release}.${before} or later. The migrations revoke functions, so ` +
    "one call of such a function over the REST API is enough.";
  return [{ check: "image", level: "error", found, next }];
}

/** Whether the database is the version the Management API says; a server that was not restarted since is an older one. */
export function imageOfServer(image: string, server: string): Diagnosis[] {
  const named = image.replace(/^supabase-postgres-/, "");
  if (named === "" || named === server || named.startsWith(`${server}.`)) return [];
  const found = `the Management API says ${named}, the database says ${server}`;
  return [{ check: "image", level: "warning", found, next: "Is an upgrade under way? See the project's page." }];
}
