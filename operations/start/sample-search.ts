import { asUser } from "../../db/client.ts";
import { type FoundSailing, searchSailings } from "../../db/sample/sailing-search.ts";
import type { StackOutputs } from "../../engine/result.ts";
import { withDatabase } from "../session/environment-report.ts";

const SEARCH = { from: "2027-02-01", to: "2027-03-31", nights: 7, limit: 5 };

/**
 * Searches the catalog of an environment as role authenticated, as an application does.
 * @throws where nothing is found: the catalog of Production is empty, or not what is read.
 */
export async function searchAsAgent(
  outputs: StackOutputs,
  route?: "direct" | "sessionPooler",
): Promise<FoundSailing[]> {
  const found = await withDatabase(
    outputs,
    (database) => asUser(database, { sub: "00000000-0000-4000-8000-000000000001" }, (tx) => searchSailings(tx, SEARCH)),
    route,
  );
  if (found.length === 0) throw new Error("the search in Preview found no sailing; Production's catalog is empty");
  return found;
}
