import { Hono } from "hono";
import postgres from "postgres";
import { z } from "zod";
import { setDatabasePassword } from "../../postgres/passwords.ts";
import { scramVerifier } from "../../postgres/scram.ts";
import { queryLogin, withSession } from "../../postgres/session.ts";
import { isBranch } from "../../projects/branch-work.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";
import { requireActive } from "../require-active.ts";

const passwordBody = z.object({ password: z.string().min(4) });
const queryBody = z.object({
  query: z.string().min(1),
  parameters: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});
const anyQueryBody = queryBody.extend({ read_only: z.boolean().optional() });

/** The password of `postgres`, and SQL over HTTP. */
export function databaseApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.patch("/database/password", async (c) => {
    const record = requireActive(c.get("project"));
    const { password } = await readBody(c, passwordBody);
    const verifier = scramVerifier(password);
    await setDatabasePassword(record, verifier);
    record.passwordVerifier = verifier;
    if (isBranch(record)) record.branch.password = password;
    await context.state.save();
    return c.json({ message: "Successfully updated database password" });
  });
  app.post("/database/query", async (c) => {
    const body = await readBody(c, anyQueryBody);
    const rows = await runQuery({
      record: requireActive(c.get("project")),
      readOnly: body.read_only ?? false,
      ...body,
    });
    return c.json(rows, 201);
  });
  app.post("/database/query/read-only", async (c) => {
    const body = await readBody(c, queryBody);
    return c.json(await runQuery({ record: requireActive(c.get("project")), readOnly: true, ...body }), 201);
  });
  return app;
}

/** Rows of the last statement, as JSON. `supabase_read_only_user` can read everything and write nothing. */
async function runQuery(options: {
  record: ProjectRecord;
  query: string;
  parameters?: (string | number | boolean | null)[];
  readOnly: boolean;
}): Promise<unknown> {
  const { internal, address } = options.record;
  const login = options.readOnly
    ? { user: "supabase_read_only_user", password: internal.reader }
    : queryLogin(options.record);
  try {
    return await withSession({
      address,
      login,
      applicationName: "management api",
      work: async (sql) => {
        const result: unknown = await sql.unsafe(options.query, options.parameters ?? []);
        const isList = Array.isArray(result) && result.length > 0 && Array.isArray(result[0]);
        return isList ? result[result.length - 1] : result;
      },
    });
  } catch (error) {
    throw queryError(error);
  }
}

function queryError(error: unknown): ApiError {
  if (error instanceof postgres.PostgresError) {
    const extras = [error.detail && `DETAIL: ${error.detail}`, error.hint && `HINT: ${error.hint}`].filter(Boolean);
    const text = [`${error.severity_local}:  ${error.code}: ${error.message}`, ...extras].join("\n");
    return new ApiError(400, `Failed to run sql query: ${text}`);
  }
  return new ApiError(500, `Failed to run sql query: ${error instanceof Error ? error.message : String(error)}`);
}
