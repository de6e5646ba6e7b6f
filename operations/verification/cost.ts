import { RefusedError } from "../../engine/error.ts";
import type { Management } from "../../providers/management/access.ts";
import { bodyOf } from "../../providers/management/ask.ts";
import { callManagement, listProjects } from "../platform/account.ts";
import type { VerifyRequest } from "./request.ts";

/** What a project or branch costs by its size; source: supabase.com/docs/guides/platform/compute-and-disk. */
const USD_PER_HOUR = { micro: 0.01344, small: 0.0206 };
const PROJECTS = 2;
/** A free organization's owner may have two active projects. Source: supabase.com/pricing. */
const FREE_PROJECTS = 2;

/** Where projects are made, and what that costs. */
export interface Account {
  readonly slug: string;
  /** Branches are for paid plans, pausing is for free ones. Source: supabase.com/docs/guides/platform. */
  readonly free: boolean;
  /** One line for people. */
  readonly cost: string;
}

/** Finds the organization and says what a run costs there. @throws RefusedError where it is not clear which, or full. */
export async function examineAccount(
  platform: Management,
  { organization, everything }: Pick<VerifyRequest, "organization" | "everything">,
): Promise<Account> {
  const slug = await organizationSlug(platform, organization);
  const answer = await callManagement(platform, { method: "GET", path: `/v1/organizations/${slug}` });
  const { plan = "of an unknown plan" } = bodyOf(answer) as { plan?: string };
  if (plan !== "free") return { slug, free: false, cost: `organization ${slug} (${plan}): ${costOf(everything)}` };
  const { length } = await listProjects(platform);
  if (length + PROJECTS > FREE_PROJECTS) {
    throw new RefusedError({
      attempted: `Verifying in organization ${slug}`,
      answered: `its plan is free, which allows ${FREE_PROJECTS} active projects, and the token sees ${length} already`,
      next: "Use an account without projects, or a paid organization.",
    });
  }
  const cost = `organization ${slug} (free): nothing; both of the active projects a free account may have`;
  return { slug, free: true, cost };
}

function costOf(everything: boolean): string {
  const { micro, small } = USD_PER_HOUR;
  const hour = PROJECTS * micro + (everything ? 2 * micro + small : 0);
  const what = everything
    ? `${PROJECTS + 1} projects and a branch of size micro, USD ${micro} an hour each, and one of the projects later of size small, USD ${small}`
    : `${PROJECTS} projects of size micro, USD ${micro} an hour each`;
  const usd = (hours: number) => (hour * hours).toFixed(2);
  return `${what}, billed by the started hour: USD ${usd(1)} for a run within an hour, USD ${usd(2)} where it ends in the next`;
}

async function organizationSlug(platform: Management, wanted: string | undefined): Promise<string> {
  const answer = await callManagement(platform, { method: "GET", path: "/v1/organizations" });
  const slugs = (bodyOf(answer) as { slug: string }[]).map(({ slug }) => slug);
  const [only] = slugs;
  if (wanted === undefined && only !== undefined && slugs.length === 1) return only;
  if (wanted !== undefined && slugs.includes(wanted)) return wanted;
  throw new RefusedError({
    attempted: "Choosing the organization to verify in",
    answered: `${wanted === undefined ? "none was named" : `${wanted} is none of them`}; the token sees ${slugs.join(", ") || "none"}`,
    next: "Name one: npm run verify:hosted -- --organization SLUG",
  });
}
