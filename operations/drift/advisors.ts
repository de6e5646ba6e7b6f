import { type Advice, advisorsAnswer } from "./core/layers/advisors.ts";

const TIMEOUT_MS = 60_000;

/**
 * Asks the Management API what Supabase's advisors say of a project. @throws what it answered, with status and request id
 */
export async function askAdvisors(options: {
  readonly endpoint: string;
  readonly token: string;
  readonly ref: string;
}): Promise<Advice> {
  const { endpoint, token, ref } = options;
  const path = `/v1/projects/${ref}/advisors/security`;
  const response = await fetch(`${endpoint}${path}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.ok) return advisorsAnswer.parse(await response.json());
  const id = response.headers.get("x-request-id") ?? response.headers.get("cf-ray");
  const answered = `GET ${path}: ${response.status}${id ? ` (request ${id})` : ""}`;
  // Not offered here, or not to this token: what else the layer looks at is looked at all the same.
  if ([403, 404, 501].includes(response.status)) return { notAsked: answered };
  throw new Error(`${answered}. Run it again; the token needs the scope advisors:read.`);
}
