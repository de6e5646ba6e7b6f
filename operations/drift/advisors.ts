import { ask, bodyOf, describe, succeeded } from "../../providers/management/ask.ts";
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
  const answer = await ask({ endpoint, token }, { method: "GET", path, timeoutMs: TIMEOUT_MS });
  if (succeeded(answer)) return advisorsAnswer.parse(bodyOf(answer));
  const answered = `GET ${path}: ${describe(answer)}`;
  // Not offered here, or not to this token: what else the layer looks at is looked at all the same.
  if ([403, 404, 501].includes(answer.status)) return { notAsked: answered };
  throw new Error(`${answered}. Run it again; the token needs the scope advisors:read.`);
}
