import type { Row } from "postgres";
import { bodyOf, describe, succeeded } from "../../management/ask.ts";
import { askProject, type ManagedProject } from "../../management/project-calls.ts";
import { DatabaseError } from "./error.ts";

/** Sends one query that reads, and returns its rows. */
export type Query = (text: string) => Promise<Row[]>;

/**
 * SQL through the Management API, for where no port of a database can be reached. Each query is a session of its own, by a
 * role that can read everything and write nothing: there is no transaction and no lock to hold.
 */
export function queryOverHttps(project: ManagedProject): Query {
  return async (query) => {
    const answer = await askProject(project, {
      method: "POST",
      path: "/database/query/read-only",
      body: { query },
    });
    if (succeeded(answer)) return bodyOf(answer) as Row[];
    throw new DatabaseError(
      `Reading project ${project.projectRef} over HTTPS failed with ${describe(answer)}\n` +
        "  Next: check that the project is active and that the token may read its database.",
      { code: `HTTP_${answer.status}` },
    );
  };
}
