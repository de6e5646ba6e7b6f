import { RefusedError } from "../../engine/error.ts";
import { callManagement, listProjects, type Platform } from "../management.ts";

/** What a project of the smallest paid size (micro) costs; source: supabase.com/docs/guides/platform/compute-and-disk. */
const USD_PER_HOUR = 0.01344;
const PROJECTS = 2;
/** A free organization's owner may have two active projects. Source: supabase.com/pricing. */
const FREE_PROJECTS = 2;

/** Where projects are made, and what that costs. */
export interface Account {
  readonly slug: string;
  /** One line for people. */
  readonly cost: string;
}

/** Finds the organization and says what a run costs there. @throws RefusedError where it is not clear which, or full. */
export async function examineAccount(platform: Platform, wanted: string | undefined): Promise<Account> {
  const slug = await organizationSlug(platform, wanted);
  const answer = await callManagement(platform, { method: "GET", path: `/v1/organizations/${slug}` });
  const { plan = "of an unknown plan" } = (await answer.json()) as { plan?: string };
  if (plan !== "free") {
    const usd = (hours: number) => (PROJECTS * USD_PER_HOUR * hours).toFixed(2);
    const cost = `${PROJECTS} projects of size micro, USD ${USD_PER_HOUR} an hour each, billed by the started hour: USD ${usd(1)} for a run within an hour, USD ${usd(2)} where it ends in the next`;
    return { slug, cost: `organization ${slug} (${plan}): ${cost}` };
  }
  const { length } = await listProjects(platform);
  if (length + PROJECTS > FREE_PROJECTS) {
    throw new RefusedError({
      attempted: `Verifying in organization ${slug}`,
      answered: `its plan is free, which allows ${FREE_PROJECTS} active projects, and the token sees ${length} already`,
      next: "Use an account without projects, or a paid organization.",
    });
  }
  return { slug, cost: `organization ${slug} (free): nothing; both of the active projects a free account may have` };
}

async function organizationSlug(platform: Platform, wanted: string | undefined): Promise<string> {
  const answer = await callManagement(platform, { method: "GET", path: "/v1/organizations" });
  const slugs = ((await answer.json()) as { slug: string }[]).map(({ slug }) => slug);
  const [only] = slugs;
  if (wanted === undefined && only !== undefined && slugs.length === 1) return only;
  if (wanted !== undefined && slugs.includes(wanted)) return wanted;
  throw new RefusedError({
    attempted: "Choosing the organization to verify in",
    answered: `${wanted === undefined ? "none was named" : `${wanted} is none of them`}; the token sees ${slugs.join(", ") || "none"}`,
    next: "Name one: npm run verify:hosted -- --organization SLUG",
  });
}
