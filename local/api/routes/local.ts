import { randomBytes, randomInt } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import { readAuthProgram } from "../../auth/program.ts";
import { cloudStatus } from "../../daemon/status.ts";
import { changeVariant, USUAL_VARIANT, VARIANT_WORDS, variantWords } from "../../postgres/variant.ts";
import { isActive } from "../../projects/work.ts";
import type { ProjectRecord } from "../../state.ts";
import { askedFaultBody, servedOperation } from "../asked-faults.ts";
import { type ApiContext, type ApiEnv, sameToken } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";

const organizationsBody = z.object({ names: z.array(z.string().min(1).max(256)) });
const variantBody = z.object({ words: z.array(z.string()) });
const authBody = z.object({ file: z.string().min(1) });
const rateLimitBody = z.object({ perMinute: z.int().min(0) });

/** What the commands of the local cloud ask its daemon. No part of the Management API. */
export function localApi(context: ApiContext, routes: () => Hono["routes"]): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use(async (c, next) => {
    const given = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
    if (!sameToken(given, context.adminToken)) throw new ApiError(401, "Unauthorized");
    await next();
  });
  app.get("/status", async (c) => c.json(await cloudStatus(context)));
  app.post("/rate-limit", async (c) => {
    context.rateLimit.perMinute = (await readBody(c, rateLimitBody)).perMinute;
    return c.json(context.rateLimit);
  });
  app.post("/variant", async (c) => {
    const { words } = await readBody(c, variantBody);
    const { value, save } = context.state;
    const changed = changeVariant(value.variant ?? USUAL_VARIANT, words);
    if (!changed) throw new ApiError(400, `words: each is one of ${VARIANT_WORDS.join(", ")}`);
    value.variant = changed;
    await save();
    return c.json({ words: variantWords(changed) });
  });
  app.post("/auth", async (c) => {
    const { file } = await readBody(c, authBody);
    await useAuthProgram(context, file === "none" ? undefined : file);
    return c.json(context.auth.program ?? null);
  });
  app.get("/faults", (c) => c.json(context.askedFaults));
  app.post("/faults", async (c) => {
    const asked = await readBody(c, askedFaultBody);
    context.askedFaults.push({ ...asked, operation: servedOperation(asked.operation, routes()) });
    return c.json(context.askedFaults);
  });
  app.delete("/faults", (c) => c.json(context.askedFaults.splice(0)));
  app.post("/organizations", async (c) => {
    const { names } = await readBody(c, organizationsBody);
    const { organizations } = context.state.value;
    for (const name of names) {
      if (organizations.some((organization) => organization.name === name)) continue;
      const slug = Array.from({ length: 20 }, () => String.fromCharCode(97 + randomInt(26))).join("");
      organizations.push({ id: slug, slug, name, token: `sbp_${randomBytes(20).toString("hex")}` });
    }
    await context.state.save();
    return c.json(organizations);
  });
  return app;
}

/** Every project gets it, also those that run; the same program again is left alone. */
async function useAuthProgram(context: ApiContext, file: string | undefined): Promise<void> {
  const program = file === undefined ? undefined : await readAuthProgram(file).catch(asBadRequest);
  const { auth, state } = context;
  if (program?.file === auth.program?.file && program?.version === auth.program?.version) return;
  auth.program = program;
  state.value.authProgram = file;
  await state.save();
  const again = async (record: ProjectRecord) => {
    await auth.stop(record);
    await auth.start(record);
  };
  const running = state.value.projects.filter(isActive);
  await Promise.all(running.map((record) => context.lifecycle.apply(record, () => again(record))));
}

function asBadRequest(error: Error): never {
  throw new ApiError(400, error.message);
}
