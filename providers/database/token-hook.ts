import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import { identifier } from "./identifier.ts";

const FACTS = readFileSync(join(import.meta.dirname, "token-hook.sql"), "utf8");

/**
 * An event as the Auth server sends it, of a user who does not exist.
 * https://supabase.com/docs/guides/auth/auth-hooks/custom-access-token-hook
 */
const EVENT = {
  user_id: "00000000-0000-0000-0000-000000000000",
  claims: {
    ...{ iss: "https://example.org/auth/v1", aud: "authenticated", role: "authenticated", exp: 0, iat: 0 },
    ...{ sub: "00000000-0000-0000-0000-000000000000", session_id: "00000000-0000-0000-0000-000000000000" },
    ...{ email: "", phone: "", aal: "aal1", is_anonymous: false },
  },
  authentication_method: "password",
};

/**
 * Makes sure that an access-token hook can be switched on: the function is there, the Auth server may call it, and it answers.
 * A hook that does not answer fails every log-in. Nothing it writes is kept.
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
    const next = "Correct the function in a migration: supabase_auth_admin needs SELECT on what it reads.";
    throw refused(
      hook,
      `it fails for a user that does not exist: ${code}${error instanceof Error ? error.message : String(error)}`,
      next,
    );
  });
  if (typeof answer === "object" && answer !== null && ("claims" in answer || "error" in answer)) return;
  throw refused(
    hook,
    "its answer holds neither claims nor an error",
    "Return the event with its claims, or an error object.",
  );
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
