import { Hono } from "hono";
import { z } from "zod";
import { takeRestorePoint } from "../../projects/restore-points.ts";
import type { RestorePointRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";
import { requireActive } from "../require-active.ts";

/** Letters that are a folder's name as well; the platform bounds the length only. */
const pointBody = z.object({
  name: z
    .string()
    .max(20)
    .regex(/^[\w-]+$/),
});

/** Backups: none are made by themselves. A restore point is taken on demand, and undo goes back to it. */
export function backupsApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/database/backups", (c) => {
    const { region } = c.get("project");
    return c.json({ region, walg_enabled: true, pitr_enabled: false, backups: [], physical_backup_data: {} });
  });
  app.get("/database/backups/restore-point", (c) => {
    const name = c.req.query("name");
    const found = (c.get("project").restorePoints ?? []).findLast((point) => !name || point.name === name);
    if (!found) throw new ApiError(404, `Restore point ${name ?? ""} not found`);
    return c.json(body(found));
  });
  app.post("/database/backups/restore-point", async (c) => {
    const record = requireActive(c.get("project"));
    const { name } = await readBody(c, pointBody);
    record.restorePoints ??= [];
    if (record.restorePoints.some((point) => point.name === name && point.status !== "FAILED"))
      throw new ApiError(409, `Restore point ${name} already exists`);
    const point: RestorePointRecord = { name, status: "PENDING", completedOn: null };
    record.restorePoints = [...record.restorePoints.filter((other) => other.name !== name), point];
    await context.state.save();
    void context.lifecycle
      .apply(record, () => takeRestorePoint(context, record, name))
      .then(
        () => {
          point.status = "AVAILABLE";
          point.completedOn = new Date().toISOString();
        },
        () => {
          point.status = "FAILED";
        },
      )
      .then(() => context.state.save());
    return c.json(body(point), 201);
  });
  app.post("/database/backups/undo", async (c) => {
    const record = requireActive(c.get("project"));
    const { name } = await readBody(c, pointBody);
    const found = record.restorePoints?.find((point) => point.name === name && point.status === "AVAILABLE");
    if (!found) throw new ApiError(404, `Restore point ${name} not found`);
    await context.lifecycle.undo(record, name);
    return c.body(null, 201);
  });
  return app;
}

function body({ name, status, completedOn }: RestorePointRecord) {
  return { name, status, completed_on: completedOn };
}
