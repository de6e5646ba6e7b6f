import { randomBytes, randomUUID } from "node:crypto";
import type { Sql } from "postgres";
import type { TestDatabase } from "../support/test-cloud.ts";

// How supabase/auth v2.196 (bc32168) calls a hook in the database: internal/hooks/hookspgfunc, internal/tokens/service.go.
// test/auth/log-in.test.ts asks the real server for the same, where there is one.

/** Milliseconds a hook has. */
const HOOK_TIMEOUT_MS = 2_000;

/** What a hook sees of the session that calls it. */
export const SESSION = {
  ...{ user: "supabase_auth_admin", session: "supabase_auth_admin", role: "none", path: "auth" },
  ...{ statement: "2s", lock: "0", idle: "1min", isolation: "read committed", readOnly: "off", claims: null },
  /** The transaction has written before. */
  written: true,
};

/** Body of a hook that puts into the claim app_metadata what it sees of its session, under the names of SESSION. */
export const WATCHING_HOOK = `begin return jsonb_set(event, '{claims,app_metadata}', jsonb_build_object('seen', jsonb_build_object(
  'user', current_user, 'session', session_user, 'role', current_setting('role'), 'path', current_setting('search_path'),
  'statement', current_setting('statement_timeout'), 'lock', current_setting('lock_timeout'),
  'idle', current_setting('idle_in_transaction_session_timeout'), 'isolation', current_setting('transaction_isolation'),
  'readOnly', current_setting('transaction_read_only'), 'claims', current_setting('request.jwt.claims', true),
  'written', pg_current_xact_id_if_assigned() is not null), 'event', event)); end`;

/** A session as the Auth server opens it: it logs in, so the settings of its role hold. */
export async function connectAsAuth(database: TestDatabase): Promise<Sql> {
  const password = randomBytes(12).toString("hex");
  const platform = await database.connectAsPlatform();
  await platform.unsafe(`alter role supabase_auth_admin password '${password}'`);
  return database.connect({ user: "supabase_auth_admin", password });
}

/** What the server sends: about the request, and the claims it would sign. */
export function eventOf(user: { id: string; email: string }, claims: object = {}) {
  const now = Math.floor(Date.now() / 1000);
  return {
    metadata: {
      uuid: randomUUID(),
      time: new Date().toISOString(),
      name: "customize-access-token",
      ip_address: "127.0.0.1",
    },
    user_id: user.id,
    claims: {
      ...{ iss: "http://127.0.0.1:54321/auth/v1", sub: user.id, aud: "authenticated", exp: now + 3600, iat: now },
      ...{ email: user.email, phone: "", app_metadata: { provider: "email", providers: ["email"] }, user_metadata: {} },
      ...{
        role: "authenticated",
        aal: "aal1",
        amr: [{ method: "password", timestamp: now }],
        session_id: randomUUID(),
      },
      ...{ is_anonymous: false, ...claims },
    },
    authentication_method: "password",
  };
}

/**
 * A log-in as far as the database sees it: one transaction that writes, then calls the hook with its time-out.
 * @returns the hook's answer; where it fails, what was written is rolled back
 */
export async function logIn(auth: Sql, hook: string, event: ReturnType<typeof eventOf>): Promise<HookAnswer> {
  const [schema, name] = hook.split(".");
  return auth.begin(async (tx) => {
    await tx`update users set last_sign_in_at = now() where id = ${event.user_id}`;
    await tx.unsafe(`set local statement_timeout TO '${HOOK_TIMEOUT_MS}'`);
    const rows = await tx.unsafe(`select "${schema}"."${name}"($1::text::jsonb) as answer`, [JSON.stringify(event)]);
    await tx.unsafe("set local statement_timeout TO default");
    return rows[0]?.answer as HookAnswer;
  });
}

/** What a hook answers: the event with its claims, or an error. */
export interface HookAnswer {
  readonly claims?: Record<string, unknown> & { readonly app_metadata?: { readonly seen?: object } };
  readonly error?: { readonly http_code: number; readonly message: string };
}
