import { Hono } from "hono";
import { z } from "zod";
import type { SslEnforcementBody } from "../../contract.ts";
import { restartProject } from "../../projects/work.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { readBody } from "../errors.ts";
import { requireActive } from "../require-active.ts";

const updateBody = z.object({ requestedConfig: z.object({ database: z.boolean() }) });

/** GET and PUT /ssl-enforcement: the database restarts, as there, and then refuses plaintext; so do the poolers. */
export function sslEnforcementApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/ssl-enforcement", (c) => c.json(body(c.get("project"))));
  app.put("/ssl-enforcement", async (c) => {
    const record = requireActive(c.get("project"));
    const { database } = (await readBody(c, updateBody)).requestedConfig;
    if (database !== record.settings.sslEnforced) {
      await context.lifecycle.apply(record, async () => {
        record.settings.sslEnforced = database;
        await context.state.save();
        await restartProject(context, record);
      });
    }
    return c.json(body(record));
  });
  return app;
}

function body(record: ProjectRecord): SslEnforcementBody {
  return { currentConfig: { database: record.settings.sslEnforced }, appliedSuccessfully: true };
}
