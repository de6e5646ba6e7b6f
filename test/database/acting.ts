import type { Sql, TransactionSql } from "postgres";
import type { SampleAgency } from "../../db/sample/agency-rows.ts";

/** Who asks. */
export interface Actor {
  readonly name: string;
  /** The Postgres role of the request. */
  readonly role: string;
  readonly claims?: object;
}

/** A user of an agency as the access-token hook describes it. */
export function userOf(agency: SampleAgency, kind: "admin" | "user"): Actor {
  const user = agency.users.find(({ role, status }) => role === kind && status === "active");
  return {
    name: `${kind} of ${agency.name}`,
    role: "authenticated",
    claims: { sub: user?.id, role: "authenticated", agency_id: agency.id, user_role: kind },
  };
}

class Undo extends Error {}

/** Runs `work` as `actor` and rolls it back. Returns what it returned. */
export async function acting<T>(sql: Sql, actor: Actor, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  const results: T[] = [];
  await sql
    .begin(async (tx) => {
      const claims = actor.claims ? JSON.stringify(actor.claims) : "";
      await tx`select set_config('request.jwt.claims', ${claims}, true), set_config('role', ${actor.role}, true)`;
      results.push(await work(tx));
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  const [result] = results;
  return result as T;
}

/** What became of an attempt: the rows it touched, or the SQLSTATE it ended in. */
export async function attempt(
  sql: Sql,
  actor: Actor,
  work: (tx: TransactionSql) => Promise<{ count: number }>,
): Promise<{ rows?: number; code?: string; message?: string }> {
  try {
    return { rows: await acting(sql, actor, async (tx) => (await work(tx)).count) };
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    return { code: code ?? "none", message: message ?? "" };
  }
}
