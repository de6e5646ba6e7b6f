import { Hono } from "hono";
import { z } from "zod";
import type { PostgrestBody } from "../../contract.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { readBody } from "../errors.ts";

const postgrestUpdate = z.object({
  db_extra_search_path: z.string().optional(),
  db_schema: z.string().optional(),
  max_rows: z.int().min(0).max(1_000_000).optional(),
  db_pool: z.int().min(0).max(1000).optional(),
});

const enabled = z.object({ enabled: z.boolean() });
const count = z.int().min(0);
const storageUpdate = z.strictObject({
  fileSizeLimit: z.int().min(0).max(536_870_912_000).optional(),
  features: z
    .object({
      imageTransformation: enabled.optional(),
      s3Protocol: enabled.optional(),
      icebergCatalog: enabled.extend({ maxNamespaces: count, maxTables: count, maxCatalogs: count }).optional(),
      vectorBuckets: enabled.extend({ maxBuckets: count, maxIndexes: count }).optional(),
    })
    .optional(),
  external: z.object({ upstreamTarget: z.enum(["main", "canary"]) }).optional(),
});

const realtimeUpdate = z.strictObject({
  private_only: z.boolean().optional(),
  connection_pool: z.int().min(1).max(100).optional(),
  max_concurrent_users: z.int().min(1).max(50_000).optional(),
  max_events_per_second: z.int().min(1).max(50_000).optional(),
  max_bytes_per_second: z.int().min(1).max(10_000_000).optional(),
  max_channels_per_client: z.int().min(1).max(10_000).optional(),
  max_joins_per_second: z.int().min(1).max(5000).optional(),
  max_presence_events_per_second: z.int().min(1).max(5000).optional(),
  max_payload_size_in_kb: z.int().min(1).max(10_000).optional(),
  suspend: z.boolean().optional(),
  presence_enabled: z.boolean().optional(),
});
const REALTIME_FIELDS = Object.keys(realtimeUpdate.shape);

const STORAGE = {
  fileSizeLimit: 52_428_800,
  features: {
    imageTransformation: { enabled: true },
    s3Protocol: { enabled: true },
    icebergCatalog: { enabled: false, maxNamespaces: 5, maxTables: 10, maxCatalogs: 2 },
    vectorBuckets: { enabled: false, maxBuckets: 10, maxIndexes: 5 },
  },
  capabilities: { list_v2: true, iceberg_catalog: false },
  external: { upstreamTarget: "main" },
  migrationVersion: "",
  databasePoolMode: "transaction",
};

/** Settings of PostgREST, Storage and Realtime: checked and recorded. None of the three runs here. */
export function serviceConfigApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/postgrest", (c) => c.json({ ...postgrest(c.get("project")), jwt_secret: c.get("project").jwtSecret }));
  app.patch("/postgrest", async (c) => {
    const { settings } = c.get("project");
    settings.postgrest = { ...settings.postgrest, ...(await readBody(c, postgrestUpdate)) };
    await context.state.save();
    return c.json(postgrest(c.get("project")));
  });
  app.get("/config/storage", (c) => c.json(storage(c.get("project"))));
  app.patch("/config/storage", async (c) => {
    const body = await readBody(c, storageUpdate);
    const now = storage(c.get("project"));
    const features = { ...now.features, ...body.features };
    c.get("project").settings.storage = { ...c.get("project").settings.storage, ...body, features };
    await context.state.save();
    return c.body(null, 200);
  });
  app.get("/config/realtime", (c) => {
    const unset = Object.fromEntries(REALTIME_FIELDS.map((name) => [name, null]));
    return c.json({ ...unset, presence_enabled: true, ...c.get("project").settings.realtime });
  });
  app.patch("/config/realtime", async (c) => {
    const { settings } = c.get("project");
    settings.realtime = { ...settings.realtime, ...(await readBody(c, realtimeUpdate)) };
    await context.state.save();
    return c.body(null, 204);
  });
  return app;
}

function postgrest(record: ProjectRecord): PostgrestBody {
  return {
    db_schema: "public,graphql_public",
    max_rows: 1000,
    db_extra_search_path: "public, extensions",
    db_pool: null,
    ...record.settings.postgrest,
  };
}

function storage(record: ProjectRecord): typeof STORAGE {
  return { ...STORAGE, ...record.settings.storage };
}
