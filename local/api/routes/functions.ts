import { createHash, randomUUID } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import type { FunctionRecord } from "../../projects/settings.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";

const slug = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/);
const metadata = z.object({
  name: z.string().optional(),
  entrypoint_path: z.string(),
  import_map_path: z.string().optional(),
  verify_jwt: z.boolean().optional(),
});
const updateBody = z.object({ name: z.string().optional(), verify_jwt: z.boolean().optional() });

/** Edge Functions: deployments are recorded with the hash of what came, and can be listed and removed. Nothing runs them. */
export function functionsApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/functions", (c) => c.json(c.get("project").settings.functions.map(body)));
  app.post("/functions/deploy", async (c) => {
    const form = await c.req.parseBody({ all: true });
    const given = metadata.safeParse(parseJson(String(form.metadata ?? "")));
    if (!given.success) throw new ApiError(400, "metadata: entrypoint_path is needed");
    const wanted = slug.safeParse(c.req.query("slug") ?? given.data.name);
    if (!wanted.success) throw new ApiError(400, "slug: must be letters, digits, _ and -, a letter first");
    const files = [form.file ?? []].flat().filter((file) => file instanceof File);
    const hash = createHash("sha256");
    for (const file of files) hash.update(file.name).update(Buffer.from(await file.arrayBuffer()));
    const { settings } = c.get("project");
    const before = settings.functions.find((one) => one.slug === wanted.data);
    const deployed = deployment({ slug: wanted.data, before, given: given.data, sha256: hash.digest("hex") });
    if (c.req.query("bundleOnly") === "true") return c.json(body(deployed), 201);
    settings.functions = [...settings.functions.filter((one) => one !== before), deployed];
    await context.state.save();
    return c.json(body(deployed), 201);
  });
  app.get("/functions/:slug", (c) => c.json(body(find(c.get("project"), c.req.param("slug")))));
  app.patch("/functions/:slug", async (c) => {
    const found = find(c.get("project"), c.req.param("slug"));
    const given = await readBody(c, updateBody);
    found.name = given.name ?? found.name;
    found.verifyJwt = given.verify_jwt ?? found.verifyJwt;
    found.updatedAt = Date.now();
    await context.state.save();
    return c.json(body(found));
  });
  app.delete("/functions/:slug", async (c) => {
    const { settings } = c.get("project");
    const found = find(c.get("project"), c.req.param("slug"));
    settings.functions = settings.functions.filter((one) => one !== found);
    await context.state.save();
    return c.body(null, 200);
  });
  return app;
}

function deployment(options: {
  slug: string;
  before: FunctionRecord | undefined;
  given: z.infer<typeof metadata>;
  sha256: string;
}): FunctionRecord {
  const { before, given } = options;
  const now = Date.now();
  return {
    id: before?.id ?? randomUUID(),
    slug: options.slug,
    name: given.name ?? before?.name ?? options.slug,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
    verifyJwt: given.verify_jwt ?? before?.verifyJwt ?? true,
    importMap: given.import_map_path !== undefined,
    entrypointPath: given.entrypoint_path,
    importMapPath: given.import_map_path ?? null,
    sha256: options.sha256,
  };
}

function find(project: ProjectRecord, wanted: string): FunctionRecord {
  const found = project.settings.functions.find((one) => one.slug === wanted);
  if (!found) throw new ApiError(404, `Function ${wanted} not found`);
  return found;
}

function body(record: FunctionRecord) {
  return {
    id: record.id,
    slug: record.slug,
    name: record.name,
    status: "ACTIVE",
    version: record.version,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    verify_jwt: record.verifyJwt,
    import_map: record.importMap,
    ...(record.entrypointPath === null ? {} : { entrypoint_path: record.entrypointPath }),
    ...(record.importMapPath === null ? {} : { import_map_path: record.importMapPath }),
    ...(record.sha256 === null ? {} : { ezbr_sha256: record.sha256 }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
