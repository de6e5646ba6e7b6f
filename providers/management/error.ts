/** What a failed call of the Management API is known by. */
export interface ApiFailure {
  method: string;
  /** Path without host, such as `/v1/projects/abcdefghijklmnopqrst`. */
  path: string;
  /** HTTP status; 0 when there was no answer. */
  status: number;
  /** What the API said, or the reason why there was no answer. Must hold no secret. */
  answer: string;
  requestId?: string | undefined;
  /** Number of tries made. */
  tries: number;
}

const LIMITED = "The plan of the organization does not allow this: raise it, or free a project, then run again.";
const NEXT: Record<number, string> = {
  0: "Check the network and supabase:endpoint, then run again.",
  401: "The access token is not valid (any more): set supabase:accessToken or SUPABASE_ACCESS_TOKEN to a current one.",
  402: LIMITED,
  403: "The token has no access to this: use one of a member of the organization that owns the project, with the needed scope.",
  404: "No such project: compare the ref with the list of projects of the organization.",
  429: "The API limits the rate of requests: wait a minute, then run again.",
};

/** The Management API refused, failed, or did not answer. Its message names request, answer and next step. */
export class ApiError extends Error {
  readonly status: number;
  readonly requestId: string | undefined;

  constructor(failure: ApiFailure) {
    const { method, path, status, answer, requestId, tries } = failure;
    const id = requestId ? ` (request id ${requestId})` : "";
    const often = tries > 1 ? ` after ${tries} tries` : "";
    const what = status === 0 ? `no answer: ${answer}` : `${status} ${answer}`;
    super(`[${method}] ${path}: ${what.trim()}${id}${often}. ${nextStep(failure)}`);
    this.name = "ApiError";
    this.status = status;
    this.requestId = requestId;
  }
}

function nextStep({ status, answer }: ApiFailure): string {
  if (status !== 401 && status !== 404 && /limit|quota|plan\b/i.test(answer) && status !== 429) return LIMITED;
  // The local cloud is the only Management API of this machine.
  if (status === 0 && /ECONNREFUSED 127\./.test(answer)) return "Start the local cloud: npm run local -- start";
  if (status >= 500) return "The platform failed: see its status page, then run again.";
  return NEXT[status] ?? "Correct what it names, then run again.";
}
