import { Hono } from "hono";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError } from "../errors.ts";

/** POST /pause and /restore: the cluster really stops, and really starts again with its data. */
export function pauseApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.post("/pause", async (c) => {
    requireStatus(c.get("project"), "ACTIVE_HEALTHY", "ACTIVE_UNHEALTHY");
    await context.lifecycle.pause(c.get("project"));
    return c.body(null, 200);
  });
  app.post("/restore", async (c) => {
    requireStatus(c.get("project"), "INACTIVE", "RESTORE_FAILED");
    await context.lifecycle.restore(c.get("project"));
    return c.body(null, 200);
  });
  return app;
}

function requireStatus(record: ProjectRecord, ...wanted: ProjectRecord["status"][]): void {
  if (wanted.includes(record.status)) return;
  throw new ApiError(400, `Project ${record.ref} is ${record.status}; this needs ${wanted.join(" or ")}`);
}
