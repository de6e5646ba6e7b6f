import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import { identifier } from "./identifier.ts";

const FACTS = readFileSync(join(import.meta.dirname, "token-hook.sql"), "utf8");

const STRANGER = "00000000-0000-0000-0000-000000000000";

/** An event as the Auth server sends it (supabase/auth v2.196, internal/hooks/v0hooks), of a user who does not exist. */
const EVENT = {
  metadata: { uuid: STRANGER, time: "2026-01-01T00:00:00Z", name: "customize-access-token", ip_address: "192.0.2.1" },
  user_id: STRANGER,
  claims: {
    ...{
      iss: "https://example.org/auth/v1",
      aud: "authenticated",
      role: "authenticated",
      exp: 1,
      iat: 1,
      sub: STRANGER,
    },
    ...{ session_id: STRANGER, email: "", phone: "", aal: "aal1", amr: [{ method: "password", timestamp: 1 }] },
    ...{ app_metadata: { provider: "email", providers: ["email"] }, user_metadata: {}, is_anonymous: false },
  },
  authentication_method: "password",
};

/** Claims without which the Auth server signs nothing (internal/tokens/service.go). */
const NEEDED = ["aud", "exp", "iat", "sub", "email", "phone", "role", "aal", "session_id", "is_anonymous"];

/** How its session differs from one of postgres: the settings of its role, and the time a hook has. */
const AS_THERE = "set local search_path = auth; set local statement_timeout = 2000";

/**
 * Makes sure that an access-token hook can be switched on: the function is there, the Auth server may call it, and it answers.
 * A hook that does not answer fails every log-in. Nothing it writes is kept. It is called as the Auth server calls it, but as
 * postgres where that may not become supabase_auth_admin, which is so on the platform: a missing SELECT is not seen then.
 * @param hook as `SCHEMA.FUNCTION`
 * @throws Error saying which of them does not hold, and what to do
 */
export async function requireTokenHook(sql: Sql, hook: string): Promise<void> {
  const name = hook.split(".").map(identifier).join(".");
  const [facts] = await sql.unsafe<{ there: boolean; executable: boolean; actable: boolean }[]>(FACTS, [
    `${name}(jsonb)`,
  ]);
  if (!facts?.there) {
    throw refused(
      hook,
      `there is no function ${name}(jsonb)`,
      "Run the migration that makes it; a baseline may have recorded it as applied.",
    );
  }
  if (!facts.executable) {
    const next = `grant usage on the schema and execute on function ${name}(jsonb) to supabase_auth_admin, in a migration.`;
    throw refused(hook, "supabase_auth_admin, as which the Auth server calls it, may not", next);
  }
  const answer = await ask(sql, name, facts.actable).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? `SQLSTATE ${String(error.code)}: ` : "";
    const next =
      "Correct the function in a migration: it is called with search_path auth and has 2 s, and supabase_auth_admin needs SELECT on what it reads.";
    throw refused(
      hook,
      `it fails for a user that does not exist: ${code}${error instanceof Error ? error.message : String(error)}`,
      next,
    );
  });
  const problem = problemOf(answer);
  if (problem)
    throw refused(hook, problem, "Return the event with its claims, or an error with http_code and message.");
}

/** Why the Auth server would take an answer for a failure; undefined where it would not. */
function problemOf(answer: unknown): string | undefined {
  const { claims, error } = (answer ?? {}) as { claims?: unknown; error?: { message?: unknown } | null };
  if (error && typeof error.message === "string" && error.message !== "") return undefined;
  if (error) return "its error has no message, so it counts as an answer without claims";
  if (typeof claims !== "object" || claims === null) return "its answer holds neither claims nor an error";
  const missing = NEEDED.filter((name) => !(name in claims));
  return missing.length === 0 ? undefined : `its answer lacks claims that every token has: ${missing.join(", ")}`;
}

class Undo {
  readonly answer: unknown;
  constructor(answer: unknown) {
    this.answer = answer;
  }
}

async function ask(sql: Sql, name: string, actable: boolean): Promise<unknown> {
  try {
    await sql.begin(async (transaction) => {
      if (actable) await transaction`set local role supabase_auth_admin`;
      await transaction.unsafe(AS_THERE);
      const [row] = await transaction.unsafe<{ answer: unknown }[]>(`select ${name}($1::text::jsonb) as answer`, [
        JSON.stringify(EVENT),
      ]);
      throw new Undo(row?.answer);
    });
  } catch (error) {
    if (error instanceof Undo) return error.answer;
    throw error;
  }
}

function refused(hook: string, answered: string, next: string): Error {
  return new Error(
    `The access-token hook ${hook} is not switched on, as every log-in would fail: ${answered}.\n  Next: ${next} Then run up again.`,
  );
}
