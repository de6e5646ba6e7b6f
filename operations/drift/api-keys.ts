import type { Deployment } from "../../engine/backend.ts";
import { ask, bodyOf, describe, succeeded } from "../../providers/management/ask.ts";
import type { LegacyKeys } from "./core/layers/api-keys.ts";

const TIMEOUT_MS = 60_000;

/** What the state has of them; undefined where the program declares them, which the layer `resources` compares. */
export function recordedLegacyKeys(state: Deployment | undefined): boolean | undefined {
  const project = state?.resources?.find(({ type }) => type.endsWith(":Project"));
  if (!project || project.inputs?.legacyApiKeysEnabled !== undefined) return undefined;
  const recorded = project.outputs?.legacyApiKeysEnabled;
  return typeof recorded === "boolean" ? recorded : undefined;
}

/** Asks the Management API whether they are in use. @throws what it answered, with status and request id */
export async function askLegacyKeys(options: {
  readonly endpoint: string;
  readonly token: string;
  readonly ref: string;
}): Promise<LegacyKeys["live"]> {
  const { endpoint, token, ref } = options;
  const path = `/v1/projects/${ref}/api-keys/legacy`;
  const answer = await ask({ endpoint, token }, { method: "GET", path, timeoutMs: TIMEOUT_MS });
  if (succeeded(answer)) return (bodyOf(answer) as { enabled?: boolean }).enabled;
  // Supabase says that it will be taken away, and a token may not reach it.
  if ([403, 404, 501].includes(answer.status)) return undefined;
  throw new Error(`GET ${path}: ${describe(answer)}. Run it again; the token needs the scope api_gateway_keys:read.`);
}
