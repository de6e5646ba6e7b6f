import { createHash } from "node:crypto";
import { templateName } from "../../local/postgres/template.ts";

/** Names what a shadow is made of, as it is before any migration: what was read of another is not to be compared with. */
export async function shadowPlatform(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const given = env.SHADOW_URL;
  if (!given) return `local ${await templateName()}`;
  const { host, pathname } = new URL(given);
  return `given ${createHash("sha256").update(`${host}${pathname}`).digest("hex").slice(0, 16)}`;
}
